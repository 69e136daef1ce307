"""Small real programs, as PyTorch users write them: the table of functions/test_programs.py.

Every program is a function of ``torch``, which is PyTorch or polygrad, and returns numbers and tensors.  Random numbers
are replaced by sines of counted numbers, so that both libraries start from the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROGRAMS: dict[str, Callable[[Any], Any]] = {}


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Put ``function`` into the table under its name."""
    PROGRAMS[function.__name__] = function
    return function


def noise(torch: Any, *shape: int, seed: float = 0.0, scale: float = 1.0) -> Any:
    """Numbers between ``-scale`` and ``scale`` without an obvious pattern."""
    count = 1
    for n in shape:
        count *= n
    return (torch.sin(torch.arange(count) * 12.9898 + seed * 78.233) * scale).reshape(*shape)


def weight(torch: Any, *shape: int, seed: float = 0.0, scale: float = 0.5) -> Any:
    """A leaf that requires grad."""
    return noise(torch, *shape, seed=seed, scale=scale).requires_grad_()


# -- regression and classification by hand -----------------------------------------------------------------------------


@program
def expression_of_scalars(torch):
    """The example of micrograd's README, with 0-d tensors."""
    a, b = torch.tensor(-4.0, requires_grad=True), torch.tensor(2.0, requires_grad=True)
    c, d = a + b, a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    return g, a.grad, b.grad


@program
def scalar_neurons(torch):
    """A net of separate scalar parameters, trained by plain steps."""
    parameters = [torch.tensor(0.1 * ((7 * i) % 11 - 5), requires_grad=True) for i in range(13)]

    def predict(x, y):
        hidden = [(parameters[3 * i] * x + parameters[3 * i + 1] * y + parameters[3 * i + 2]).tanh() for i in range(3)]
        return sum(h * w for h, w in zip(hidden, parameters[9:12], strict=True)) + parameters[12]

    points = [(1.0, 0.5, 1.0), (-1.0, 0.5, -1.0), (0.3, -0.8, 1.0), (-0.2, -0.4, -1.0)]
    losses = []
    for _ in range(10):
        loss = sum((1 - label * predict(x, y)).relu() for x, y, label in points) / len(points)
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data -= 0.1 * p.grad
        losses.append(loss.item())
    return losses, parameters


@program
def linear_regression(torch):
    x = noise(torch, 50, 3)
    y = x @ torch.tensor([1.0, -2.0, 0.5]) + 0.3
    w, b = torch.zeros(3, requires_grad=True), torch.zeros(1, requires_grad=True)
    losses = []
    for _ in range(40):
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.3 * p.grad
                p.grad.zero_()
        losses.append(loss.item())
    return losses, w, b


@program
def logistic_regression_with_newton_steps(torch):
    x = torch.cat([noise(torch, 30, 2), torch.ones(30, 1)], dim=1).double()
    y = (x[:, 0] + 0.5 * x[:, 1] + noise(torch, 30, seed=3, scale=0.5).double() > 0).double()
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    for _ in range(4):
        z = x @ w
        loss = (torch.log1p(torch.exp(-z.abs())) + z.clamp(min=0) - y * z).mean() + 0.01 * (w * w).sum()
        (g,) = torch.autograd.grad(loss, w, create_graph=True)
        rows = [torch.autograd.grad(g[i], w, retain_graph=True)[0] for i in range(3)]
        with torch.no_grad():
            w -= torch.linalg.solve(torch.stack(rows), g)
    return loss, w


@program
def softmax_regression_by_hand(torch):
    x, labels = noise(torch, 40, 4), torch.arange(40) % 3
    w = torch.zeros(4, 3, requires_grad=True)
    for _ in range(20):
        logits = x @ w
        log_p = logits - torch.logsumexp(logits, dim=1, keepdim=True)
        loss = -log_p[torch.arange(40), labels].mean()
        loss.backward()
        w.data.add_(w.grad, alpha=-0.5)
        w.grad = None
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return loss, w, accuracy


@program
def mlp_by_hand_with_in_place_updates(torch):
    x, y = noise(torch, 32, 5), noise(torch, 32, 2, seed=1)
    parameters = [
        weight(torch, 5, 16, seed=2),
        weight(torch, 16, seed=3),
        weight(torch, 16, 2, seed=4),
        weight(torch, 2, seed=5),
    ]
    velocity = [torch.zeros_like(p) for p in parameters]
    losses = []
    for _ in range(15):
        w1, b1, w2, b2 = parameters
        loss = ((torch.relu(x @ w1 + b1) @ w2 + b2 - y) ** 2).sum(1).mean()
        loss.backward()
        with torch.no_grad():
            for p, v in zip(parameters, velocity, strict=True):
                v.mul_(0.9).add_(p.grad)
                p.sub_(0.02 * v)
                p.grad.zero_()
        losses.append(loss.item())
    return losses, parameters, velocity


@program
def adam_by_hand(torch):
    x, y = noise(torch, 16, 4), noise(torch, 16, seed=2)
    w = weight(torch, 4, seed=1)
    m, v = torch.zeros_like(w), torch.zeros_like(w)
    for t in range(1, 11):
        loss = ((x @ w - y) ** 2).mean()
        (g,) = torch.autograd.grad(loss, w)
        with torch.no_grad():
            m.lerp_(g, 0.1)
            v.mul_(0.999).addcmul_(g, g, value=0.001)
            denominator = (v / (1 - 0.999**t)).sqrt_().add_(1e-8)
            w.addcdiv_(m, denominator, value=-0.05 / (1 - 0.9**t))
    return loss, w, m, v


@program
def batch_norm_by_hand_with_running_statistics(torch):
    gamma, beta = torch.ones(4, requires_grad=True), torch.zeros(4, requires_grad=True)
    mean, var = torch.zeros(4), torch.ones(4)
    outputs = []
    for step in range(3):
        x = noise(torch, 8, 4, seed=step) * 2 + 1
        m, v = x.mean(0), x.var(0, unbiased=False)
        y = (x - m) / torch.sqrt(v + 1e-5) * gamma + beta
        (y**3).sum().backward()
        mean.mul_(0.9).add_(m.detach(), alpha=0.1)
        var.mul_(0.9).add_(x.var(0).detach(), alpha=0.1)
        outputs.append(y)
    return outputs, gamma.grad, beta.grad, mean, var


@program
def weight_norm_by_hand(torch):
    v, g = weight(torch, 3, 4, seed=1), torch.ones(3, 1, requires_grad=True)
    x, y = noise(torch, 10, 4, seed=2), noise(torch, 10, 3, seed=3)
    for _ in range(5):
        w = g * v / v.norm(dim=1, keepdim=True)
        loss = ((x @ w.T - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (v, g):
                p -= 0.1 * p.grad
                p.grad = None
    return loss, v, g


@program
def spectral_norm_by_power_iteration(torch):
    w, u = weight(torch, 5, 3, seed=1), torch.ones(5)
    x = noise(torch, 4, 3, seed=2)
    for _ in range(3):
        with torch.no_grad():
            v = w.t().mv(u) if hasattr(w, "mv") else w.t() @ u
            v /= v.norm() + 1e-12
            u.copy_(w @ v)
            u /= u.norm() + 1e-12
        sigma = u @ w @ v
        loss = (x @ (w / sigma).T).pow(2).sum()
        loss.backward()
        w.data -= 0.01 * w.grad
        w.grad.zero_()
    return loss, w, u, sigma


# -- recurrence, attention, convolution --------------------------------------------------------------------------------


@program
def rnn_cell_by_hand(torch):
    wx, wh, b = weight(torch, 3, 6, seed=1), weight(torch, 6, 6, seed=2, scale=0.3), weight(torch, 6, seed=3)
    xs = noise(torch, 7, 2, 3)
    h, outputs = torch.zeros(2, 6), []
    for x in xs:
        h = torch.tanh(x @ wx + h @ wh + b)
        outputs.append(h)
    states = torch.stack(outputs)
    (states[-1].sum() + 0.1 * states.pow(2).mean()).backward()
    return states, wx.grad, wh.grad, b.grad


@program
def lstm_by_hand(torch):
    w, u = weight(torch, 3, 20, seed=1), weight(torch, 5, 20, seed=2)
    h = c = torch.zeros(2, 5)
    for step in range(4):
        gates = noise(torch, 2, 3, seed=step) @ w + h @ u
        i, f, g, o = gates.chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
    (h * h).sum().backward()
    return h, c, w.grad, u.grad


@program
def truncated_backpropagation_through_time(torch):
    w = weight(torch, 4, 4, seed=1)
    h, losses = torch.ones(4), []
    for step in range(9):
        h = torch.tanh(w @ h + noise(torch, 4, seed=step))
        if step % 3 == 2:
            loss = (h - 0.5).pow(2).sum()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
            w.grad = None
            h = h.detach()
            losses.append(loss.item())
    return losses, w


@program
def attention_by_hand(torch):
    wq, wk, wv = (weight(torch, 8, 8, seed=s) for s in (1, 2, 3))
    x = noise(torch, 2, 5, 8).requires_grad_()
    q, k, v = (
        (x @ w).view(2, 5, 2, 4).transpose(1, 2) for w in (wq, wk, wv)
    )  # fmt: skip
    scores = q @ k.transpose(-2, -1) / 4**0.5
    mask = torch.triu(torch.ones(5, 5), diagonal=1).bool()
    scores = scores.masked_fill(mask, float("-inf"))
    p = torch.exp(scores - scores.amax(-1, keepdim=True))
    p = p / p.sum(-1, keepdim=True)
    out = (p @ v).transpose(1, 2).contiguous().view(2, 5, 8)
    out.pow(2).sum().backward()
    return out, x.grad, wq.grad, wk.grad, wv.grad


@program
def attention_by_einsum(torch):
    q, k, v = (noise(torch, 2, 3, 4, 5, seed=s).requires_grad_() for s in (1, 2, 3))
    p = torch.einsum("bqhd,bkhd->bhqk", q, k).softmax(-1)
    out = torch.einsum("bhqk,bkhd->bqhd", p, v)
    (out**2).sum().backward()
    return out, q.grad, k.grad, v.grad


@program
def decoding_with_a_cache(torch):
    wk, wq = weight(torch, 4, 4, seed=1), weight(torch, 4, 4, seed=2)
    cache, outputs = torch.zeros(2, 6, 4), torch.empty(2, 6, 4)
    x = noise(torch, 2, 4)
    with torch.no_grad():
        for t in range(6):
            cache[:, t] = x @ wk
            known = cache[:, : t + 1]
            scores = ((x @ wq).unsqueeze(1) * known).sum(-1)
            x = (scores.softmax(-1).unsqueeze(-1) * known).sum(1)
            outputs[:, t].copy_(x)
    return cache, outputs


@program
def convolution_by_slices(torch):
    x, w = noise(torch, 2, 3, 6, 6).requires_grad_(), weight(torch, 4, 3, 3, 3, seed=1)
    columns = torch.stack([x[:, :, i : i + 4, j : j + 4] for i in range(3) for j in range(3)], dim=2)
    out = (w.view(4, 27) @ columns.reshape(2, 27, 16)).view(2, 4, 4, 4)
    pooled = out.view(2, 4, 2, 2, 2, 2).amax((3, 5))
    pooled.square().mean().backward()
    return out, pooled, x.grad, w.grad


@program
def sinusoidal_positions_and_layer_norm(torch):
    position = torch.arange(6).unsqueeze(1)
    rate = torch.exp(torch.arange(0, 8, 2) * (-(9.21034 / 8)))
    table = torch.zeros(6, 8)
    table[:, 0::2] = torch.sin(position * rate)
    table[:, 1::2] = torch.cos(position * rate)
    x = (noise(torch, 6, 8) + table).requires_grad_()
    y = (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True, unbiased=False) + 1e-5).sqrt()
    (y * torch.arange(8.0)).sum().backward()
    return table, y, x.grad


@program
def ordinary_differential_equation(torch):
    """Lotka-Volterra by fourth-order Runge-Kutta steps, differentiated with respect to its rates."""
    rates = torch.tensor([1.1, 0.4, 0.4, 0.1], dtype=torch.float64, requires_grad=True)

    def slope(state):
        prey, predators = state
        a, b, c, d = rates
        return torch.stack([a * prey - b * prey * predators, d * prey * predators - c * predators])

    state = torch.tensor([10.0, 5.0], dtype=torch.float64)
    for _ in range(20):
        k1 = slope(state)
        k2 = slope(state + 0.05 * k1)
        k3 = slope(state + 0.05 * k2)
        k4 = slope(state + 0.1 * k3)
        state = state + (k1 + 2 * k2 + 2 * k3 + k4) * (0.1 / 6)
    state[0].backward()
    return state, rates.grad


# -- losses ------------------------------------------------------------------------------------------------------------


@program
def contrastive_loss_with_a_mask(torch):
    a, b = weight(torch, 6, 4, seed=1), weight(torch, 6, 4, seed=2)
    z = torch.cat([a, b])
    z = z / z.norm(dim=1, keepdim=True)
    similarity = z @ z.T / 0.5
    similarity = similarity.masked_fill(torch.eye(12).bool(), float("-inf"))
    positive = torch.cat([similarity.diagonal(6), similarity.diagonal(-6)])
    loss = (torch.logsumexp(similarity, 1) - positive).mean()
    loss.backward()
    return loss, a.grad, b.grad


@program
def matrix_factorization_of_known_entries(torch):
    u, v = weight(torch, 6, 2, seed=1), weight(torch, 5, 2, seed=2)
    table = noise(torch, 6, 5, seed=3)
    rows, columns = (table > 0).nonzero(as_tuple=True)
    for _ in range(10):
        loss = ((u[rows] * v[columns]).sum(1) - table[rows, columns]).square().mean()
        loss.backward()
        for p in (u, v):
            p.data -= p.grad
            p.grad = None
    return loss, u, v, rows, columns


@program
def embedding_with_repeated_words(torch):
    table, w = weight(torch, 10, 4, seed=1), weight(torch, 4, seed=2)
    words = torch.tensor([[1, 2, 2], [9, 1, 0], [2, 2, 2]])
    vectors = table[words]
    counts = torch.zeros(3, 10).scatter_add(1, words, torch.ones(3, 3))
    ((vectors.mean(1) @ w).tanh().sum() + (counts @ table).square().sum()).backward()
    return vectors, counts, table.grad, w.grad


@program
def mixture_of_gaussians(torch):
    x = torch.cat([noise(torch, 20, scale=0.5) - 2, noise(torch, 20, seed=1, scale=0.7) + 1]).unsqueeze(1)
    means = torch.tensor([-1.0, 0.5], requires_grad=True)
    log_scale, logits = torch.zeros(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    for _ in range(25):
        log_density = -0.5 * ((x - means) / log_scale.exp()) ** 2 - log_scale
        loss = -torch.logsumexp(log_density + torch.log_softmax(logits, 0), dim=1).mean()
        for p, g in zip((means, log_scale, logits), torch.autograd.grad(loss, (means, log_scale, logits)), strict=True):
            p.data -= 0.3 * g
    return loss, means, log_scale, logits


@program
def policy_gradient(torch):
    w = weight(torch, 3, 4, seed=1)
    states, actions = noise(torch, 10, 3), torch.arange(10) % 4
    rewards = noise(torch, 10, seed=2)
    returns = torch.flip(torch.cumsum(torch.flip(rewards, [0]), 0), [0])
    returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    log_p = torch.log_softmax(states @ w, -1)
    chosen = log_p.gather(1, actions.unsqueeze(1)).squeeze(1)
    entropy = -(log_p.exp() * log_p).sum(-1).mean()
    (-(chosen * returns).mean() - 0.01 * entropy).backward()
    return returns, entropy, w.grad


@program
def value_learning_with_a_target_network(torch):
    online = [weight(torch, 3, 8, seed=1), weight(torch, 8, 2, seed=2)]
    target = [p.detach().clone() for p in online]
    value = lambda ps, s: torch.relu(s @ ps[0]) @ ps[1]  # noqa: E731
    for step in range(6):
        s, s2, r = noise(torch, 5, 3, seed=step), noise(torch, 5, 3, seed=step + 50), noise(torch, 5, seed=step + 9)
        a = torch.arange(5) % 2
        with torch.no_grad():
            wanted = r + 0.9 * value(target, s2).max(dim=1).values
        predicted = value(online, s).gather(1, a[:, None])[:, 0]
        difference = (predicted - wanted).abs()
        loss = torch.where(difference < 1, 0.5 * difference**2, difference - 0.5).mean()
        loss.backward()
        with torch.no_grad():
            for p, q in zip(online, target, strict=True):
                p -= 0.1 * p.grad
                p.grad = None
                q.mul_(0.95).add_(p, alpha=0.05)
    return loss, online, target


@program
def variational_autoencoder_by_hand(torch):
    encoder, decoder = weight(torch, 6, 4, seed=1), weight(torch, 2, 6, seed=2)
    x = torch.sigmoid(noise(torch, 8, 6) * 3)
    for step in range(5):
        mean, log_var = (x @ encoder).split(2, dim=1)
        z = mean + torch.exp(0.5 * log_var) * noise(torch, 8, 2, seed=step + 5)
        p = torch.sigmoid(z @ decoder).clamp(1e-6, 1 - 1e-6)
        reconstruction = -(x * p.log() + (1 - x) * (1 - p).log()).sum(1).mean()
        divergence = -0.5 * (1 + log_var - mean.pow(2) - log_var.exp()).sum(1).mean()
        (reconstruction + divergence).backward()
        for w in (encoder, decoder):
            w.data.sub_(w.grad, alpha=0.05)
            w.grad.zero_()
    return reconstruction, divergence, encoder, decoder


@program
def partial_likelihood_of_survival(torch):
    """Cox's model: sorting, running sums, masks."""
    times, events = noise(torch, 9).abs(), torch.arange(9) % 3 != 0
    x, beta = noise(torch, 9, 2, seed=4), torch.zeros(2, requires_grad=True)
    order = torch.argsort(times, descending=True)
    for _ in range(5):
        risk = (x @ beta)[order]
        loss = -(risk - risk.exp().cumsum(0).log())[events[order]].mean()
        loss.backward()
        beta.data -= beta.grad
        beta.grad = None
    return order, loss, beta


@program
def discounted_products_and_best_of(torch):
    g = torch.full((6,), 0.9, requires_grad=True)
    r = noise(torch, 3, 6)
    discounts = torch.cat([torch.ones(1), torch.cumprod(g, 0)[:-1]])
    total = r * discounts
    best, where = total.topk(2, dim=1)
    ordered, _ = total.sort(dim=1, descending=True)
    (best.sum() + (ordered * torch.arange(6.0)).sum()).backward()
    return best, where, ordered, g.grad


@program
def complex_signal(torch):
    """Fit amplitude and phase of a rotating phasor; gradients of a real loss with respect to complex numbers."""
    t = torch.arange(16) / 16.0
    z = torch.tensor([0.5 + 0.1j, -0.2 + 0.3j], requires_grad=True)
    carriers = torch.exp(2j * 3.141592653589793 * torch.stack([t, 3 * t]))
    target = (1 - 1j) * carriers[0] + 0.5 * carriers[1]
    for _ in range(5):
        error = (z.unsqueeze(1) * carriers).sum(0) - target
        loss = (error.abs() ** 2).mean()
        loss.backward()
        with torch.no_grad():
            z -= 0.25 * z.grad
            z.grad = None
    return loss, z


# -- gradients of gradients --------------------------------------------------------------------------------------------


@program
def gradient_penalty(torch):
    w1, w2 = weight(torch, 2, 8, seed=1), weight(torch, 8, 1, seed=2)
    real, fake = noise(torch, 6, 2, seed=3), noise(torch, 6, 2, seed=4)
    mix = torch.linspace(0.1, 0.9, 6).unsqueeze(1)
    for _ in range(5):
        between = (mix * real + (1 - mix) * fake).requires_grad_()
        critic = lambda x: torch.tanh(x @ w1) @ w2  # noqa: E731
        (g,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = ((g.norm(2, dim=1) - 1) ** 2).mean()
        loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
        loss.backward()
        for w in (w1, w2):
            w.data -= 0.02 * w.grad
            w.grad = None
    return loss, penalty, w1, w2


@program
def model_agnostic_meta_learning(torch):
    w = weight(torch, 3, seed=1)
    meta = []
    for _ in range(4):
        total = 0
        for task in range(3):
            x, y = noise(torch, 5, 3, seed=task), noise(torch, 5, seed=task + 10)
            fast = w
            for _ in range(2):
                inner = ((x @ fast - y) ** 2).mean()
                (g,) = torch.autograd.grad(inner, fast, create_graph=True)
                fast = fast - 0.1 * g
            total = total + ((x.flip(0) @ fast - y) ** 2).mean()
        (g,) = torch.autograd.grad(total, w)
        with torch.no_grad():
            w -= 0.1 * g
        meta.append(total.item())
    return meta, w


@program
def hessian_vector_products(torch):
    x = noise(torch, 4).double().requires_grad_()
    v = torch.tensor([1.0, -1.0, 2.0, 0.5], dtype=torch.float64)
    y = (torch.sin(x).sum() * x.prod()) + (x**4).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    (twice,) = torch.autograd.grad(g @ v, x, retain_graph=True)
    hessian = torch.stack([torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(4)])
    # Forward over reverse by the trick of two reverse passes.
    dummy = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    (jvp,) = torch.autograd.grad(torch.autograd.grad(g, x, dummy, create_graph=True)[0], dummy, v)
    return y, g, twice, hessian, hessian @ v - twice, jvp - twice


@program
def conjugate_gradients_with_hessian_products(torch):
    w = torch.tensor([0.5, -1.0, 0.3], dtype=torch.float64, requires_grad=True)
    x, y = noise(torch, 12, 3).double(), noise(torch, 12, seed=1).double()
    loss = ((x @ w - y) ** 2).sum() + (w**4).sum()
    (g,) = torch.autograd.grad(loss, w, create_graph=True)
    step, residual = torch.zeros_like(w), g.detach().clone()
    direction = residual.clone()
    for _ in range(3):
        (product,) = torch.autograd.grad(g, w, direction, retain_graph=True)
        rate = residual.dot(residual) / direction.dot(product)
        step += rate * direction
        new = residual - rate * product
        direction = new + (new @ new) / (residual @ residual) * direction
        residual = new
    return step, residual.abs().max() < 1e-8


@program
def third_derivatives(torch):
    x = torch.tensor([0.3, -1.2, 2.0], dtype=torch.float64, requires_grad=True)
    y, results = (torch.exp(-x) * torch.sin(3 * x)).sum(), []
    for _ in range(4):
        (y,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        results.append(y)
    return results


@program
def physics_informed_residual(torch):
    """u'' + u = 0 with u(0) = 0, u'(0) = 1: the loss contains derivatives with respect to the input."""
    w1, b1, w2 = weight(torch, 1, 10, seed=1, scale=2), weight(torch, 10, seed=2), weight(torch, 10, 1, seed=3)
    t = torch.linspace(0, 1, 9).unsqueeze(1).requires_grad_()
    for _ in range(5):
        u = torch.tanh(t @ w1 + b1) @ w2
        (du,) = torch.autograd.grad(u.sum(), t, create_graph=True)
        (ddu,) = torch.autograd.grad(du.sum(), t, create_graph=True)
        loss = ((ddu + u) ** 2).mean() + u[0, 0] ** 2 + (du[0, 0] - 1) ** 2
        for p, g in zip((w1, b1, w2), torch.autograd.grad(loss, (w1, b1, w2)), strict=True):
            p.data -= 0.01 * g
    return loss, w1, b1, w2


@program
def implicit_differentiation_of_a_fixed_point(torch):
    a = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    with torch.no_grad():
        x = torch.tensor(0.5, dtype=torch.float64)
        for _ in range(200):
            x = torch.cos(a * x)
    x = x.detach().requires_grad_()
    f = torch.cos(a * x)
    (dx,) = torch.autograd.grad(f, x, retain_graph=True)
    (da,) = torch.autograd.grad(f, a)
    return x, da / (1 - dx)


# -- what a training loop does -----------------------------------------------------------------------------------------


@program
def custom_functions(torch):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale):
            ctx.save_for_backward(x)
            ctx.scale = scale
            return scale * x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return 3 * ctx.scale * x**2 * grad, None

    class StraightThroughSign(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return torch.sign(x)

        @staticmethod
        def backward(ctx, grad):
            return grad.clamp(-1, 1)

    x = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    y = Cube.apply(x, 2.0)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (g.sum() + (StraightThroughSign.apply(x) * torch.tensor([0.5, 3.0, -4.0])).sum()).backward()
    return y, g, x.grad, y.grad_fn.name()


@program
def straight_through_by_detach(torch):
    x = torch.tensor([0.2, 0.7, 1.4], requires_grad=True)
    hard = x + (torch.round(x) - x).detach()
    (hard * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    return hard, x.grad


@program
def exponential_moving_average_of_weights(torch):
    w = weight(torch, 4, seed=1)
    shadow = w.detach().clone()
    for step in range(5):
        ((w - noise(torch, 4, seed=step)) ** 2).sum().backward()
        with torch.no_grad():
            w -= 0.2 * w.grad
            shadow.mul_(0.9).add_(w, alpha=0.1)
        w.grad.zero_()
    backup = w.data.clone()
    w.data.copy_(shadow)
    averaged = (w * 1).detach()
    w.data = backup
    return w, shadow, averaged


@program
def gradient_accumulation_and_clipping(torch):
    w, b = weight(torch, 4, seed=1), torch.zeros(1, requires_grad=True)
    x, y = noise(torch, 12, 4), 10 * noise(torch, 12, seed=2)
    norms = []
    for _ in range(3):
        for part in range(3):
            rows = slice(4 * part, 4 * part + 4)
            (((x[rows] @ w + b - y[rows]) ** 2).mean() / 3).backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in (w, b)))
        norms.append(norm)
        for p in (w, b):
            p.grad.mul_((1.0 / (norm + 1e-6)).clamp(max=1.0))
            p.data.add_(p.grad, alpha=-0.5)
            p.grad = None
    return norms, w, b


@program
def freezing_and_unfreezing(torch):
    body, head = weight(torch, 3, 4, seed=1), weight(torch, 4, 2, seed=2)
    x, y = noise(torch, 6, 3), noise(torch, 6, 2, seed=3)
    record = []
    for frozen in (True, True, False):
        body.requires_grad_(not frozen)
        loss = ((torch.tanh(x @ body) @ head - y) ** 2).mean()
        loss.backward()
        record.append((loss.item(), body.grad is None))
        for p in (body, head):
            if p.grad is not None:
                p.data -= 0.1 * p.grad
                p.grad = None
    return record, body, head


@program
def hooks_that_watch_and_change_gradients(torch):
    w, x = weight(torch, 3, 3, seed=1), noise(torch, 3)
    seen = []
    hidden = torch.tanh(w @ x)
    handle = hidden.register_hook(lambda g: seen.append(g.norm()))
    hidden.register_hook(lambda g: g * 2)
    w.register_hook(lambda g: g.clamp(-0.3, 0.3))
    (hidden**2).sum().backward(retain_graph=True)
    handle.remove()
    (hidden**2).sum().backward()
    return seen, w.grad


@program
def knowledge_distillation(torch):
    teacher, student = noise(torch, 4, 3, seed=1) * 2, weight(torch, 4, 3, seed=2)
    x, labels = noise(torch, 10, 4), torch.arange(10) % 3
    for _ in range(5):
        with torch.no_grad():
            soft = torch.softmax(x @ teacher / 2, -1)
        logits = x @ student
        hard = torch.nn.functional.cross_entropy(logits, labels)
        match = (soft * (soft.log() - torch.log_softmax(logits / 2, -1))).sum(-1).mean() * 4
        (0.5 * hard + 0.5 * match).backward()
        student.data -= 0.5 * student.grad
        student.grad.zero_()
    return hard, match, student


@program
def adversarial_examples(torch):
    w = noise(torch, 4, 3, seed=1)
    x, labels = noise(torch, 5, 4).requires_grad_(), torch.arange(5) % 3
    clean = x.detach().clone()
    for _ in range(4):
        loss = torch.nn.functional.cross_entropy(x @ w, labels)
        (g,) = torch.autograd.grad(loss, x)
        with torch.no_grad():
            x += 0.05 * g.sign()
            x.copy_(torch.max(torch.min(x, clean + 0.1), clean - 0.1))
    return loss, x


# -- with modules and optimizers ---------------------------------------------------------------------------------------


def filled(torch: Any, module: Any, seed: float = 0.0) -> Any:
    """``module`` with parameters that both libraries agree on."""
    with torch.no_grad():
        for number, p in enumerate(module.parameters()):
            p.copy_(noise(torch, *p.shape, seed=seed + number, scale=0.4))
    return module


@program
def classifier_with_modules_and_adam(torch):
    nn = torch.nn
    model = filled(torch, nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    x, labels = noise(torch, 20, 4), torch.arange(20) % 3
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, list(model.parameters())


@program
def generative_adversarial_networks(torch):
    nn = torch.nn
    generator = filled(torch, nn.Sequential(nn.Linear(2, 6), nn.ReLU(), nn.Linear(6, 2)), 1)
    critic = filled(torch, nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1)), 7)
    g_step = torch.optim.Adam(generator.parameters(), lr=0.01, betas=(0.5, 0.999))
    c_step = torch.optim.SGD(critic.parameters(), lr=0.05, momentum=0.5)
    losses = []
    for step in range(6):
        real, fake = noise(torch, 8, 2, seed=step) + 1, generator(noise(torch, 8, 2, seed=step + 20))
        c_step.zero_grad()
        c_loss = nn.functional.softplus(-critic(real)).mean() + nn.functional.softplus(critic(fake.detach())).mean()
        c_loss.backward()
        c_step.step()
        g_step.zero_grad()
        g_loss = nn.functional.softplus(-critic(fake)).mean()
        g_loss.backward()
        g_step.step()
        losses.append((c_loss.item(), g_loss.item()))
    return losses, list(generator.parameters()), list(critic.parameters())


@program
def saving_and_resuming_an_optimizer(torch):
    nn = torch.nn

    def made():
        model = filled(torch, nn.Linear(3, 2), 4)
        return model, torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)

    def train(model, optimizer, steps):
        for step in steps:
            optimizer.zero_grad()
            ((model(noise(torch, 5, 3, seed=step)) - 1) ** 2).mean().backward()
            optimizer.step()

    model, optimizer = made()
    train(model, optimizer, range(3))
    weights, state = model.state_dict(), optimizer.state_dict()
    other, resumed = made()
    other.load_state_dict(weights)
    resumed.load_state_dict(state)
    train(other, resumed, range(3, 6))
    return list(other.parameters())


@program
def two_learning_rates_and_a_schedule(torch):
    body, head = torch.nn.Parameter(noise(torch, 3, 3, seed=1)), torch.nn.Parameter(noise(torch, 3, seed=2))
    optimizer = torch.optim.AdamW([{"params": [body]}, {"params": [head], "lr": 0.1}], lr=0.01, weight_decay=0.1)
    for step in range(8):
        for group in optimizer.param_groups:
            group["lr"] *= 0.9
        optimizer.zero_grad(set_to_none=step % 2 == 0)
        (torch.tanh(noise(torch, 4, 3, seed=step) @ body) @ head - 1).square().mean().backward()
        optimizer.step()
    return body, head, [group["lr"] for group in optimizer.param_groups]


@program
def module_with_buffers_written_by_hand(torch):
    nn = torch.nn

    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3))
            self.register_buffer("average", torch.zeros(3))

        def forward(self, x):
            if self.training:
                self.average.lerp_(x.detach().mean(0), 0.5)
            return (x - self.average) * self.weight

    module = Scale()
    for step in range(3):
        module(noise(torch, 4, 3, seed=step)).square().sum().backward()
    module.eval()
    out = module(noise(torch, 4, 3, seed=9))
    return out, module.weight.grad, module.average, sorted(module.state_dict())


@program
def weights_tied_between_two_modules(torch):
    nn = torch.nn
    embedding, output = filled(torch, nn.Embedding(6, 4), 1), nn.Linear(4, 6, bias=False)
    output.weight = embedding.weight
    optimizer = torch.optim.SGD(embedding.parameters(), lr=0.1)
    words = torch.tensor([0, 2, 5, 2])
    for _ in range(4):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(output(embedding(words)), torch.tensor([1, 3, 0, 4]))
        loss.backward()
        optimizer.step()
    return loss, embedding.weight, output.weight is embedding.weight
