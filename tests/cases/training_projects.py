"""Training as PyTorch users write it in their projects: further programs for the table of `training_programs`.

Importing this module adds them.
"""

from __future__ import annotations

import copy
import importlib

import numpy as np

from tests.cases.training_programs import SEVERAL, data, default, filled, moments, plain, program, small

# Rates of learning are constants of an optimizer's own step; a batch norm that is frozen, gradients that are there, or
# parameters that require none at the end of a step make a second program.
SEVERAL.update(
    an_optimizer_that_binds_its_state_anew=3,
    layers_that_thaw=2,
    gradients_of_small_batches=2,
    examples_against_a_model=2,
    a_critic_with_a_gradient_penalty=2,
    a_penalty_through_a_compiled_model=0,
)


def noise(pg, *shape, seed=0):
    return default(pg, np.random.default_rng(seed).standard_normal(shape))


# -- two networks ----------------------------------------------------------------------------------------------------------


@program
def a_generator_and_a_critic(pg):
    nn = pg.nn
    generator = filled(pg, nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 6)))
    critic = filled(pg, nn.Sequential(nn.Linear(6, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1)))
    first = pg.optim.Adam(generator.parameters(), lr=0.002, betas=(0.5, 0.999))
    second = pg.optim.Adam(critic.parameters(), lr=0.002, betas=(0.5, 0.999))
    criterion, drawn, count = nn.BCEWithLogitsLoss(), [noise(pg, 16, 4, seed=k) for k in range(5)], [0]

    def step(real, z):
        second.zero_grad()
        ones, zeros = pg.ones(real.size(0), 1), pg.zeros(real.size(0), 1)
        of_real = criterion(critic(real), ones)
        of_real.backward()
        fake = generator(z)
        of_fake = criterion(critic(fake.detach()), zeros)
        of_fake.backward()
        second.step()
        first.zero_grad()
        of_generator = criterion(critic(fake), ones)
        of_generator.backward()
        first.step()
        return of_real + of_fake + of_generator

    def drive(x, y, step=step):
        count[0] += 1
        return step(x, drawn[count[0] % 5])

    step.drive = drive
    networks = [*generator.parameters(), *critic.parameters()]
    return step, lambda: [*networks, *(p.grad for p in networks), *moments(first), *moments(second)]


@program
def a_critic_with_a_gradient_penalty(pg):
    nn = pg.nn
    generator = filled(pg, nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 6)))
    critic = filled(pg, nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1)))
    first, second = pg.optim.Adam(generator.parameters(), lr=0.01), pg.optim.Adam(critic.parameters(), lr=0.01)
    z, alpha = noise(pg, 16, 4, seed=1), noise(pg, 16, 1, seed=5).sigmoid()

    def penalty(real, fake):
        between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
        judged = critic(between)
        slopes = pg.autograd.grad(
            outputs=judged, inputs=between, grad_outputs=pg.ones_like(judged), create_graph=True, retain_graph=True,
            only_inputs=True,
        )[0]  # fmt: skip
        return ((slopes.view(slopes.size(0), -1).norm(2, dim=1) - 1) ** 2).mean()

    def step(real, y):
        for parameter in critic.parameters():
            parameter.requires_grad_(True)
        second.zero_grad()
        with pg.no_grad():
            fake = generator(z)
        loss = critic(fake).mean() - critic(real).mean() + 10 * penalty(real.data, fake.data)
        loss.backward()
        second.step()
        for parameter in critic.parameters():
            parameter.requires_grad_(False)
        first.zero_grad()
        of_generator = -critic(generator(z)).mean()
        of_generator.backward()
        first.step()
        return loss.detach() + of_generator

    return step, lambda: [*generator.parameters(), *critic.parameters()]


@program
def a_penalty_through_a_compiled_model(pg):
    """Only the model is compiled: the gradient of its gradient is taken from outside."""
    model = small(pg, pg.nn.BatchNorm1d(8))
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)
    call = pg.compile(model) if pg.__name__ == "polygrad" else model

    def drive(x, y, step=None):
        x = x.clone().requires_grad_()
        optimizer.zero_grad()
        loss = pg.nn.functional.cross_entropy(call(x), y)
        loss.backward(create_graph=True)
        (x.grad.square().sum() + call(x.grad).tanh().mean()).backward()
        optimizer.step()
        return loss

    drive.drive = drive
    return drive, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]


@program
def a_target_network(pg):
    network = small(pg)
    target = copy.deepcopy(network)
    for parameter in target.parameters():
        parameter.requires_grad = False
    optimizer = pg.optim.Adam(network.parameters(), lr=0.01)
    following, reward, done = noise(pg, 16, 6, seed=9), noise(pg, 16, seed=8), pg.tensor(np.arange(16) % 4 == 0)

    def step(state, action):
        values = network(state).gather(1, action.unsqueeze(1)).squeeze(1)
        with pg.no_grad():
            best = target(following).max(1)[0]
            best[done] = 0.0
        loss = pg.nn.functional.smooth_l1_loss(values, reward + 0.9 * best)
        optimizer.zero_grad()
        loss.backward()
        for parameter in network.parameters():
            parameter.grad.data.clamp_(-0.05, 0.05)
        optimizer.step()
        for slow, fast in zip(target.parameters(), network.parameters(), strict=True):
            slow.data.copy_(0.05 * fast.data + 0.95 * slow.data)
        kept, new = target.state_dict(), network.state_dict()
        target.load_state_dict({name: 0.9 * kept[name] + 0.1 * new[name] for name in kept})
        return loss

    return step, lambda: [*network.parameters(), *target.parameters(), *moments(optimizer)]


@program
def a_queue_of_negative_examples(pg):
    functional = pg.nn.functional
    query = filled(pg, pg.nn.Linear(6, 4))
    key = copy.deepcopy(query)
    for parameter in key.parameters():
        parameter.requires_grad = False
    queue = functional.normalize(noise(pg, 4, 32, seed=4), dim=0)
    optimizer = pg.optim.SGD(query.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)

    def step(x, y):
        with pg.no_grad():
            for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
                slow.data = slow.data * 0.9 + fast.data * 0.1
            keys = functional.normalize(key(x + 0.1), dim=1)
        queries = functional.normalize(query(x), dim=1)
        alike = pg.einsum("nc,nc->n", queries, keys).unsqueeze(-1)
        logits = pg.cat([alike, pg.einsum("nc,ck->nk", queries, queue.clone().detach())], dim=1) / 0.2
        loss = functional.cross_entropy(logits, pg.zeros(logits.shape[0], dtype=pg.long))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with pg.no_grad():
            queue[:, :16] = queue[:, 16:].clone()
            queue[:, 16:] = keys.T
        return loss

    return step, lambda: [*query.parameters(), *key.parameters(), queue]


# -- state besides the parameters ------------------------------------------------------------------------------------------


@program
def averages_of_parameters_and_buffers(pg):
    model = small(pg, pg.nn.BatchNorm1d(8))
    average = copy.deepcopy(model).eval().requires_grad_(False)
    whole, count = {name: value.detach().clone() for name, value in model.state_dict().items()}, pg.zeros(())
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    @pg.no_grad()
    def follow():
        count.add_(1)
        for (name, slow), fast in zip(average.state_dict().items(), model.state_dict().values(), strict=True):
            if slow.dtype.is_floating_point:
                slow.mul_(0.9).add_(fast, alpha=0.1)
                whole[name] += (fast - whole[name]) / (count + 1)
            else:
                slow.copy_(fast)

    def step(x, y):
        loss = pg.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        follow()
        return loss + pg.nn.functional.cross_entropy(average(x), y)

    return step, lambda: [
        *model.parameters(),
        *model.buffers(),
        *average.parameters(),
        *average.buffers(),
        *whole.values(),
    ]


@program
def gradients_of_small_batches(pg):
    model = small(pg)
    optimizer, count = pg.optim.AdamW(model.parameters(), lr=0.01), [0]

    def add(x, y):
        loss = pg.nn.functional.cross_entropy(model(x), y) / 4
        loss.backward()
        return loss.detach()

    def drive(x, y, step=add):
        count[0] += 1
        loss = step(x * (count[0] % 3), y)
        if count[0] % 4 == 0:
            pg.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        return loss

    add.drive = drive
    return add, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]


@program
def weights_in_other_coordinates(pg):
    functional = pg.nn.functional

    class Normalized(pg.nn.Module):
        """The weight has rows of length ``scale``, and the largest singular value is kept at one."""

        def __init__(self, width, height):
            super().__init__()
            self.direction, self.bias = (pg.nn.Parameter(pg.zeros(*s)) for s in ((height, width), (height,)))
            self.scale = pg.nn.Parameter(pg.ones(height))
            self.register_buffer("left", functional.normalize(noise(pg, height, seed=2), dim=0))
            self.register_buffer("right", functional.normalize(noise(pg, width, seed=3), dim=0))

        def forward(self, x):
            weight = self.direction * (self.scale / self.direction.norm(dim=1)).unsqueeze(1)
            with pg.no_grad():
                self.right = functional.normalize(pg.mv(weight.t(), self.left), dim=0)
                self.left.copy_(functional.normalize(pg.mv(weight, self.right), dim=0))
            size = pg.dot(self.left.clone(), pg.mv(weight, self.right))
            return functional.linear(x, weight / size, self.bias)

    model = filled(pg, pg.nn.Sequential(Normalized(6, 8), pg.nn.ReLU(), Normalized(8, 3)))
    return plain(pg, model, pg.optim.Adam(model.parameters(), lr=0.01))


@program
def a_scale_of_the_loss_that_adapts(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    scale, good = pg.tensor(1024.0), pg.zeros(())

    def step(x, y):
        loss = pg.nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        (loss * scale).backward()
        finite = pg.stack([pg.isfinite(p.grad).all() for p in model.parameters()]).all()
        with pg.no_grad():
            for parameter in model.parameters():
                parameter.grad.div_(scale)
                parameter.grad.copy_(pg.where(finite, parameter.grad, pg.zeros_like(parameter.grad)))
        optimizer.step()
        with pg.no_grad():
            good.copy_(pg.where(finite, good + 1, pg.zeros_like(good)))
            scale.copy_(pg.where(finite, pg.where(good % 4 == 0, scale * 2, scale), scale / 2))
        return loss

    return step, lambda: [*model.parameters(), scale, good]


# -- what belongs to the user ----------------------------------------------------------------------------------------------


@program
def functions_with_gradients_of_their_own(pg):
    class Square(pg.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale):
            ctx.save_for_backward(x)
            ctx.scale = scale
            return x * x * scale

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x * ctx.scale, None

    class Reversed(pg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -0.5 * g

    class Step(pg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return (x > 0).float()

        @staticmethod
        def backward(ctx, g):
            return g.clamp(-1, 1)

    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)

    def step(x, y):
        hidden = Square.apply(model[0](x), 0.5)
        hidden = Step.apply(hidden - 0.3) + Reversed.apply(hidden)
        loss = pg.nn.functional.cross_entropy(model[2](hidden), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [*model.parameters()]


@program
def hooks_of_tensors_and_modules(pg):
    model, norm = small(pg, pg.nn.Linear(8, 8)), pg.zeros(())
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)
    model[0].weight.register_hook(lambda g: g * 0.5)
    model[0].bias.register_hook(lambda g: g.clamp(-0.01, 0.01))
    model[2].register_forward_hook(lambda module, args, result: result * 1.1)
    model[2].register_forward_pre_hook(lambda module, args: (args[0] + 0.1,))
    model[2].register_full_backward_hook(lambda module, grad_input, grad_output: (grad_input[0] * 0.9,))
    model[2].register_full_backward_pre_hook(lambda module, grad_output: (grad_output[0] * 1.2,))

    def add_norm(parameter):
        with pg.no_grad():
            norm.add_(parameter.grad.norm())

    model[3].weight.register_post_accumulate_grad_hook(add_norm)

    def step(x, y):
        hidden = model[0](x)
        hidden.register_hook(lambda g: g * 2)
        loss = pg.nn.functional.cross_entropy(model[1:](hidden), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [*model.parameters(), norm]


@program
def an_optimizer_in_the_backward_pass(pg):
    model = small(pg)
    optimizers = {p: pg.optim.SGD([p], lr=0.1, momentum=0.9) for p in model.parameters()}

    def update(parameter):
        optimizers[parameter].step()
        optimizers[parameter].zero_grad()

    for parameter in model.parameters():
        parameter.register_post_accumulate_grad_hook(update)

    def step(x, y):
        loss = pg.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        return loss

    return step, lambda: [*model.parameters()]


@program
def an_optimizer_of_ones_own(pg):
    class Lion(pg.optim.Optimizer):
        def __init__(self, params, lr=0.01, betas=(0.9, 0.99), weight_decay=0.01):
            super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

        @pg.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for parameter in group["params"]:
                    parameter.data.mul_(1 - group["lr"] * group["weight_decay"])
                    state = self.state[parameter]
                    if len(state) == 0:
                        state["average"] = pg.zeros_like(parameter)
                    average, (beta1, beta2) = state["average"], group["betas"]
                    update = average.clone().mul_(beta1).add(parameter.grad, alpha=1 - beta1).sign_()
                    parameter.add_(update, alpha=-group["lr"])
                    average.mul_(beta2).add_(parameter.grad, alpha=1 - beta2)

    model = small(pg)
    return plain(pg, model, Lion(model.parameters()))


@program
def an_optimizer_that_binds_its_state_anew(pg):
    class Slowing(pg.optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        @pg.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for parameter in group["params"]:
                    state = self.state[parameter]
                    state["average"] = 0.9 * state.get("average", pg.zeros_like(parameter)) + parameter.grad
                    state["step"] = state.get("step", pg.tensor(0.0)) + 1
                    parameter -= group["lr"] / state["step"].sqrt() * state["average"]

    model = small(pg)
    optimizer = Slowing(model.parameters())
    scheduler = pg.optim.lr_scheduler.StepLR(optimizer, 7, 0.5)
    inner, state = plain(pg, model, optimizer)

    def drive(x, y, step=inner):
        loss = step(x, y)
        scheduler.step()
        return loss

    inner.drive = drive
    return inner, state


# -- gradients of gradients ------------------------------------------------------------------------------------------------


@program
def learning_to_learn(pg):
    functional, model = pg.nn.functional, small(pg)
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)

    def step(x, y):
        total = 0.0
        for task in (slice(0, 8), slice(8, 16)):
            fast = dict(model.named_parameters())
            for _ in range(2):
                loss = functional.cross_entropy(pg.func.functional_call(model, fast, (x[task],)), y[task])
                slopes = pg.autograd.grad(loss, list(fast.values()), create_graph=True)
                fast = {name: w - 0.1 * g for (name, w), g in zip(fast.items(), slopes, strict=True)}
            total = total + functional.cross_entropy(pg.func.functional_call(model, fast, (x,)), y)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        return total

    return step, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]


@program
def a_differential_equation(pg):
    nn = pg.nn
    model = filled(pg, nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1)))
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)

    def step(x, y):
        points = x[:, :1].clone().requires_grad_(True)
        u = model(points)
        slope = pg.autograd.grad(u, points, pg.ones_like(u), create_graph=True)[0]
        second = pg.autograd.grad(slope.sum(), points, create_graph=True)[0]
        loss = ((second + u) ** 2).mean() + (model(pg.zeros(1, 1)) - 1).pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [*model.parameters()]


@program
def examples_against_a_model(pg):
    """Arguments that require grad from inside on."""
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=0.1)

    def step(x, y):
        x.requires_grad_()
        pg.nn.functional.cross_entropy(model(x), y).backward()
        worse = (x + 0.1 * x.grad.sign()).detach()
        loss = pg.nn.functional.cross_entropy(model(worse), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    def drive(x, y, step=step):
        x = x.clone()
        loss = step(x, y)
        assert x.requires_grad
        return loss + x.grad.abs().sum()

    step.drive = drive
    return step, lambda: [*model.parameters()]


# -- sequences, and the loop around the step ---------------------------------------------------------------------------------


@program
def a_language_model_with_a_state_that_is_handed_on(pg):
    nn = pg.nn

    class Language(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding, self.lstm = nn.Embedding(10, 8), nn.LSTM(8, 8, batch_first=True)
            self.out = nn.Linear(8, 10, bias=False)
            self.out.weight = self.embedding.weight

        def forward(self, tokens, state):
            hidden, state = self.lstm(self.embedding(tokens), state)
            return self.out(hidden), state

    model = filled(pg, Language())
    optimizer = pg.optim.SGD(model.parameters(), lr=0.5)
    tokens = pg.tensor(np.random.default_rng(0).integers(0, 10, (4, 6)))
    state = [(pg.zeros(1, 4, 8), pg.zeros(1, 4, 8))]

    def step(tokens, state):
        logits, state = model(tokens[:, :-1], state)
        loss = nn.functional.cross_entropy(logits.reshape(-1, 10), tokens[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
        return loss, tuple(s.detach() for s in state)

    def drive(x, y, step=step):
        loss, state[0] = step(tokens, state[0])
        return loss

    step.drive = drive
    return step, lambda: [*model.parameters(), *state[0]]


@program
def ragged_batches_with_padding(pg):
    nn = pg.nn
    model = filled(
        pg, nn.ModuleDict({"in": nn.Embedding(10, 6), "gru": nn.GRU(6, 8, batch_first=True), "out": nn.Linear(8, 3)})
    )
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)
    random, batches, count = np.random.default_rng(0), [], [0]
    for _ in range(4):
        lengths = random.integers(1, 9, 4)
        tokens = random.integers(1, 10, (4, 8)) * (np.arange(8) < lengths[:, None])
        batches.append([pg.tensor(x) for x in (tokens, lengths, random.integers(0, 3, 4))])

    def step(tokens, lengths, y):
        hidden, _ = model["gru"](model["in"](tokens))
        there = (pg.arange(tokens.shape[1])[None, :] < lengths[:, None]).unsqueeze(-1)
        mean = hidden.masked_fill(~there, 0.0).sum(1) / lengths.unsqueeze(1)
        last = hidden[pg.arange(4), lengths - 1]
        loss = nn.functional.cross_entropy(model["out"](mean + last), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    def drive(x, y, step=step):
        count[0] += 1
        return step(*batches[count[0] % 4])

    step.drive = drive
    return step, lambda: [*model.parameters(), *moments(optimizer)]


@program
def looking_for_a_rate(pg):
    model = small(pg)
    optimizer = pg.optim.SGD(model.parameters(), lr=1e-4)
    inner, state = plain(pg, model, optimizer)
    best, before = [float("inf")], copy.deepcopy(model.state_dict())

    def drive(x, y, step=inner):
        loss = step(x, y)
        optimizer.param_groups[0]["lr"] *= 1.9
        if loss.item() > 1.5 * best[0]:
            model.load_state_dict(before)
            optimizer.param_groups[0]["lr"] = 1e-4
        best[0] = min(best[0], loss.item())
        return loss

    inner.drive = drive
    return inner, state


@program
def stopping_early(pg):
    model = small(pg, pg.nn.BatchNorm1d(8))
    optimizer = pg.optim.Adam(model.parameters(), lr=0.05)
    inner, state = plain(pg, model, optimizer)
    others, best = data(pg, rows=8, seed=7), [float("inf"), {}, 0]

    @pg.no_grad()
    def evaluate(x, y):
        return pg.nn.functional.cross_entropy(model(x), y)

    if pg.__name__ == "polygrad":
        evaluate = pg.compile(evaluate)

    def drive(x, y, step=inner):
        model.train()
        loss = step(x, y)
        model.eval()
        measure = evaluate(*others).item()
        if measure < best[0] - 1e-3:
            best[:] = [measure, {name: x.clone() for name, x in model.state_dict().items()}, 0]
        else:
            best[2] += 1
            if best[2] == 3:
                model.load_state_dict(best[1])
                best[2] = 0
        return loss

    inner.drive = drive
    return inner, lambda: [*state(), *best[1].values()]


@program
def a_rate_that_is_a_tensor(pg):
    model = small(pg)
    rate = pg.tensor(0.5)
    optimizer = pg.optim.Adam(model.parameters(), lr=rate)
    inner, state = plain(pg, model, optimizer)

    def drive(x, y, step=inner):
        loss = step(x, y)
        rate.mul_(0.9)
        return loss

    inner.drive = drive
    return inner, lambda: [*state(), rate]


@program
def layers_that_thaw(pg):
    model = small(pg, pg.nn.Linear(8, 8), pg.nn.BatchNorm1d(8), pg.nn.Tanh())
    model.requires_grad_(False)
    model[-1].requires_grad_(True)
    optimizer = pg.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=0.01)
    inner, _ = plain(pg, model, optimizer)
    count = [0]

    def drive(x, y, step=inner):
        count[0] += 1
        if count[0] == 6:
            model[2].requires_grad_(True)
            optimizer.add_param_group({"params": model[2].parameters(), "lr": 0.001})
            model[3].eval()
        return step(x, y)

    inner.drive = drive
    return inner, lambda: [*model.parameters(), *model.buffers()]


@program
def checkpointed_parts(pg):
    model = small(pg, pg.nn.Linear(8, 8), pg.nn.Tanh())
    checkpoint = importlib.import_module(f"{pg.__name__}.utils.checkpoint").checkpoint
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)

    def step(x, y):
        hidden = checkpoint(model[:3], x, use_reentrant=False)
        loss = pg.nn.functional.cross_entropy(checkpoint(model[3:], hidden, use_reentrant=False), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [*model.parameters()]
