"""Module, the base class of layers and networks.

Parameters, buffers and submodules are ordinary attributes.  A module records the kind of each under its name (``_kinds``), in
the order of registration, and counts how often one was bound (``_bindings``), so that a compiled function can see changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from .._core.errors import ShapeError
from .._core.graph import RemovableHandle
from .._core.tensor import Tensor
from .._functions.creation import zeros_like
from .._state import RECORDERS, VERSION_COUNTER, Versioned, recorder
from ..compiler import Compiled
from .compile_guards import constants
from .compiled_module import compiled_module
from .conversion import Placement
from .hooks import Hooks, add_hook, call_with_hooks
from .parameter import Buffer, Parameter
from .registration import (
    BUFFER,
    BUFFERS,
    MODULE,
    PARAMETER,
    UNSAVED,
    check_name,
    dictionary_property,
    forget,
    register,
    take_over,
)
from .state_dict import IncompatibleKeys, Plan, load_state, plan_module, save_module, save_state

__all__ = ["Module"]


class Module(Placement, Versioned):
    """Base of all layers and networks: a function with parameters, buffers and submodules.

    A subclass calls ``super().__init__()``, assigns its parameters and submodules to attributes, and defines `forward`.  Calling
    the module calls `forward` and the hooks.

    Args:
        *args: for the next class of the subclass's bases, where it sets ``call_super_init``; otherwise there must be none.
        **kwargs: likewise.

    Example::

        >>> class Network(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.hidden = nn.Linear(4, 8)
        ...         self.output = nn.Linear(8, 1)
        ...
        ...     def forward(self, x):
        ...         return self.output(self.hidden(x).tanh())
        >>> network = Network()
        >>> network(polygrad.ones(2, 4)).shape
        polygrad.Size([2, 1])
        >>> [name for name, _ in network.named_parameters()]
        ['hidden.weight', 'hidden.bias', 'output.weight', 'output.bias']
    """

    _version = 1
    #: Whether ``__init__`` calls that of the next base class with its arguments, for multiple inheritance.
    call_super_init = False

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Make a module, and tell a recorder of it."""
        made = super().__new__(cls)
        if RECORDERS and (active := recorder()) is not None:
            active.on_create(made)
        return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(training=True, _kinds={}, _bindings=0, _hooks=None)
        if self.call_super_init:
            super().__init__(*args, **kwargs)
        elif args or kwargs:
            raise TypeError(
                f"Module.__init__() takes no arguments, but {type(self).__name__} gave it {(*args, *kwargs)!r}"
            )

    @property
    def training(self) -> bool:
        """Whether the module is in training mode, which `train` and `eval` set."""
        value = self.__dict__["training"]
        if RECORDERS and (active := recorder()) is not None:
            active.guard(self, "training", value)
        return value

    @training.setter
    def training(self, mode: bool) -> None:
        """Whether the module is in training mode; `train` and `eval` set it."""
        if RECORDERS and (active := recorder()) is not None:
            active.assign(self, "training", mode)
        self.__dict__["training"] = mode
        VERSION_COUNTER[0] += 1

    def _as_compiled(self, compiled: Compiled) -> Module:
        """Make the module that `polygrad.compile` returns for this one; ``compiled`` runs its calls."""
        return compiled_module(self, compiled)

    # -- running -------------------------------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output from the inputs: a subclass defines it."""
        raise NotImplementedError(f"{type(self).__name__} does not define forward()")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the hooks and `forward`, and explain errors of shape."""
        if RECORDERS and (active := recorder()) is not None:
            active.guard(self, "_bindings", self._bindings)
            active.guard(self, "_hooked", self._hooked)
            active.guard(self, "_own_forward", self._own_forward)
            active.guard(type(self), "__call__", type(self).__call__)
            active.guard(type(self), "forward", type(self).forward)
            for name, value in constants(self):
                active.guard(self, name, value)
        if self._hooks is not None:
            return call_with_hooks(self, args, kwargs)
        try:
            return self.forward(*args, **kwargs)
        except (ValueError, RuntimeError, IndexError, TypeError) as error:
            self._explain(error, args)
            raise

    def _guard_bindings(self) -> None:
        """Tell a recorder that its program depends on what is registered here."""
        if RECORDERS and (active := recorder()) is not None:
            active.guard(self, "_bindings", self._bindings)

    @property
    def _own_forward(self) -> Any:
        """The `forward` that was assigned to this module alone, or None."""
        return self.__dict__.get("forward")

    @property
    def _hooked(self) -> tuple[int, ...]:
        """The numbers of the hooks that are called when the module runs."""
        return () if self._hooks is None else self._hooks.around_forward()

    def _run(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call `forward`, and explain errors of shape; for calls with hooks."""
        try:
            return self.forward(*args, **kwargs)
        except (ValueError, RuntimeError, IndexError, TypeError) as error:
            self._explain(error, args)
            raise

    def _explain(self, error: Exception, args: tuple) -> None:
        """Raise a `ShapeError` that names this layer, if the input's shape can be the cause of ``error``."""
        for x in args[:1]:
            if isinstance(x, Tensor) and not self._fits(tuple(x.shape)):
                raise ShapeError(
                    f"{self!r}: expected an input of shape {self._expects()}, got {tuple(x.shape)}"
                ) from error

    def _fits(self, shape: tuple[int, ...]) -> bool:
        """Return whether an input can have ``shape``; True where the layer cannot tell."""
        return True

    def _expects(self) -> str:
        """Return the shape that an input should have, for messages."""
        return "(*)"

    # -- attributes ----------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        attributes = self.__dict__
        kinds = attributes.get("_kinds")
        if kinds is None:
            if isinstance(value, (Parameter, Buffer, Module)):
                raise AttributeError(
                    f"cannot assign {name} before Module.__init__() was called; call super().__init__() first in "
                    f"{type(self).__name__}.__init__()"
                )
            object.__setattr__(self, name, value)
            return
        kind = kinds.get(name)
        if isinstance(value, Parameter):
            check_name(self, name, PARAMETER, True)
            register(attributes, name, PARAMETER, value)
        elif isinstance(value, Module):
            check_name(self, name, MODULE, True)
            register(attributes, name, MODULE, value)
        elif isinstance(value, Buffer) and kind not in BUFFERS:
            register(attributes, name, BUFFER if value.persistent else UNSAVED, value)
        elif kind is None:
            object.__setattr__(self, name, value)
            VERSION_COUNTER[0] += 1
        elif kind in BUFFERS:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(f"{name} is a buffer: it can be a Tensor or None, not {type(value).__name__}")
            if value is None or not take_over(attributes, name, value):
                register(attributes, name, kind, value)
        elif value is None:
            register(attributes, name, kind, None)
        else:
            wanted = "a Parameter" if kind == PARAMETER else "a Module"
            raise TypeError(
                f"{name} is a {kind}: it can be {wanted} or None, not {type(value).__name__}"
                + ("; write polygrad.nn.Parameter(...)" if isinstance(value, Tensor) else "")
            )

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        VERSION_COUNTER[0] += 1
        if name in self.__dict__.get("_kinds", {}):
            forget(self.__dict__, name)

    def __getattr__(self, name: str) -> Any:
        if "_kinds" not in self.__dict__:
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}: call super().__init__() first in its __init__()"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted(name for name in {*object.__dir__(self), *self.__dict__} if name and not name[0].isdigit())

    _parameters = dictionary_property(PARAMETER)
    _buffers = dictionary_property(BUFFER, UNSAVED)
    _modules = dictionary_property(MODULE)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter.

        Args:
            name: the attribute's name.
            param: the parameter; None reserves the name for a parameter that this module does not have.

        Raises:
            KeyError: the name is empty, has a dot, or is taken.
            TypeError: ``param`` is not a Parameter.
        """
        check_name(self, name, PARAMETER, self.__dict__.get("_kinds", {}).get(name) == PARAMETER)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"parameter {name} must be a polygrad.nn.Parameter or None, not {type(param).__name__}")
        register(self.__dict__, name, PARAMETER, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a buffer: state that is not trained.

        Args:
            name: the attribute's name.
            tensor: the buffer; None reserves the name.
            persistent: whether it is part of `state_dict`.

        Raises:
            KeyError: the name is empty, has a dot, or is taken.
            TypeError: ``tensor`` is not a Tensor.
        """
        check_name(self, name, BUFFER, self.__dict__.get("_kinds", {}).get(name) in BUFFERS)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"buffer {name} must be a Tensor or None, not {type(tensor).__name__}")
        register(self.__dict__, name, BUFFER if persistent else UNSAVED, tensor)

    def register_module(self, name: str, module: Module | None) -> None:
        """Add a submodule.

        Args:
            name: the attribute's name.
            module: the submodule; None reserves the name.

        Raises:
            KeyError: the name is empty, has a dot, or is taken.
            TypeError: ``module`` is not a Module.
        """
        check_name(self, name, MODULE, self.__dict__.get("_kinds", {}).get(name) == MODULE)
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"module {name} must be a polygrad.nn.Module or None, not {type(module).__name__}")
        register(self.__dict__, name, MODULE, module)

    add_module = register_module

    # -- going through them --------------------------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Iterate over this module and all submodules, with their dotted names.

        Args:
            memo: modules to leave out; those that are returned are added.
            prefix: the name of this module.
            remove_duplicate: return a module that has several names once.
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, child in self.named_children(False):
            yield from child.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """Iterate over this module and all submodules."""
        return (module for _, module in self.named_modules())

    def named_children(self, _once: bool = True) -> Iterator[tuple[str, Module]]:
        """Iterate over the direct submodules, with their names."""
        self._guard_bindings()
        seen: set[Module] = set()
        for name, kind in list(self._kinds.items()):
            child = self.__dict__[name] if kind == MODULE else None
            if child is not None and child not in seen:
                if _once:
                    seen.add(child)
                yield name, child

    def children(self) -> Iterator[Module]:
        """Iterate over the direct submodules."""
        return (child for _, child in self.named_children())

    def _named_members(
        self, kinds: Iterable[str], prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        owners = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, owner in owners:
            owner._guard_bindings()
            for name, kind in list(owner._kinds.items()):
                value = owner.__dict__[name] if kind in kinds else None
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield (f"{path}.{name}" if path else name), value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Iterate over all parameters, with their dotted names.

        Args:
            prefix: a prefix of all names.
            recurse: include those of submodules.
            remove_duplicate: return a parameter that has several names once.
        """
        return self._named_members((PARAMETER,), prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Iterate over all parameters, each once: what an optimizer takes.

        Args:
            recurse: include those of submodules.
        """
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Iterate over all buffers, with their dotted names.

        Args:
            prefix: a prefix of all names.
            recurse: include those of submodules.
            remove_duplicate: return a buffer that has several names once.
        """
        return self._named_members(BUFFERS, prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Iterate over all buffers, each once.

        Args:
            recurse: include those of submodules.
        """
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """Return the submodule with a dotted name; the empty name is this module.

        Raises:
            AttributeError: there is none.
        """
        module = self
        for name in target.split(".") if target else ():
            module._guard_bindings()
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}` (of {target!r})")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` (of {target!r}) is not a Module")
        return module

    def _get_tensor(self, target: str, kinds: Iterable[str], what: str) -> Any:
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if not hasattr(owner, name):
            raise AttributeError(f"{type(owner).__name__} has no attribute `{name}`")
        if owner._kinds.get(name) not in kinds:
            raise AttributeError(f"`{name}` of {type(owner).__name__} is not a {what}")
        return getattr(owner, name)

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter with a dotted name.

        Raises:
            AttributeError: there is none.
        """
        return self._get_tensor(target, (PARAMETER,), "parameter")

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer with a dotted name.

        Raises:
            AttributeError: there is none.
        """
        return self._get_tensor(target, BUFFERS, "buffer")

    def set_submodule(self, target: str, module: Module) -> None:
        """Replace the submodule with a dotted name, or add one to an existing module.

        Raises:
            ValueError: the name is empty.
            AttributeError: the module that should have it does not exist.
        """
        if not target:
            raise ValueError("cannot set the submodule without a name")
        path, _, name = target.rpartition(".")
        self.get_submodule(path).register_module(name, module)

    # -- changing all of them ------------------------------------------------------------------------------------------

    def apply(self, fn: Callable[[Module], Any]) -> Module:
        """Call ``fn`` with every submodule and then with this module, for example to initialize weights.

        Returns:
            This module.
        """
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Module:
        """Set training mode, here and in all submodules; layers such as Dropout and BatchNorm depend on it.

        Args:
            mode: True for training, False for evaluation.

        Returns:
            This module.

        Raises:
            ValueError: ``mode`` is not a bool.
        """
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, not {mode!r}")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Module:
        """Set evaluation mode, here and in all submodules: `train` with False."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Module:
        """Set ``requires_grad`` of all parameters, and return this module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the gradients of all parameters to None, or to zeros unless ``set_to_none``."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                parameter.grad = None if set_to_none else zeros_like(parameter.grad)

    # -- state ---------------------------------------------------------------------------------------------------------

    def state_dict(self, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> Any:
        """Return all parameters and persistent buffers by their dotted names.

        Tensors are detached and share memory with the module's: they change when it is trained.

        Args:
            destination: a dictionary to put them in; None makes one.
            prefix: a prefix of all names.
            keep_vars: return the module's own tensors, not detached.

        Returns:
            An OrderedDict.
        """
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        return save_state(self, destination, prefix, keep_vars)

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        save_module(self, destination, prefix, keep_vars)

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> IncompatibleKeys:
        """Copy values into parameters and buffers; if something does not match, nothing is changed.

        Args:
            state_dict: tensors or arrays by the names that `state_dict` gives.
            strict: raise for missing and unexpected keys; otherwise they are only returned.
            assign: take the given tensors themselves, with their data types and devices, instead of their values.

        Returns:
            A named tuple of ``missing_keys`` and ``unexpected_keys``.

        Raises:
            RuntimeError: keys are missing or unexpected, or shapes differ; it names all of them.
            TypeError: ``state_dict`` is not a dictionary with string keys.
        """
        return load_state(self, state_dict, strict, assign)

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: dict[str, Any], strict: bool, missing_keys: list[str],
        unexpected_keys: list[str], error_msgs: list[str],
    ) -> None:  # fmt: skip
        """Load the tensors of this module alone.  A subclass can change ``state_dict`` before it calls this method."""
        plan: Plan = local_metadata["plan"]
        plan_module(self, state_dict, prefix, plan)

    # -- hooks ---------------------------------------------------------------------------------------------------------

    def _own_hooks(self) -> Hooks:
        if self._hooks is None:
            self.__dict__["_hooks"] = Hooks()
        return self._hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call a hook before `forward`.

        Args:
            hook: ``hook(module, args)``, which returns None or new arguments; with ``with_kwargs`` ``hook(module, args, kwargs)``,
                which returns None or a pair of both.
            prepend: call it before the hooks that are there.
            with_kwargs: give it the keyword arguments.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().forward_pre, (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call a hook after `forward`.

        Args:
            hook: ``hook(module, args, output)``, which returns None or a new output; with ``with_kwargs``
                ``hook(module, args, kwargs, output)``.
            prepend: call it before the hooks that are there.
            with_kwargs: give it the keyword arguments.
            always_call: call it after an error as well, with None as the output.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().forward, (hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call a hook in the backward pass, when the gradients of the outputs are known.

        Args:
            hook: ``hook(module, grad_output)``, which returns None or new gradients.
            prepend: call it before the hooks that are there.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().backward_pre, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call a hook in the backward pass, when the gradients of the inputs are known.

        Args:
            hook: ``hook(module, grad_input, grad_output)``, which returns None or a new ``grad_input``.  Both are tuples with an
                entry for each positional argument or output, None where there is no gradient.
            prepend: call it before the hooks that are there.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().backward, hook, prepend)

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before `state_dict` reads this module; returns a handle to remove it."""
        return add_hook(self._own_hooks().state_dict_pre, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after `state_dict` has read this module.

        The hook can change the dictionary.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().state_dict_post, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call a hook before a state is loaded into this module.

        Args:
            hook: ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, errors)``, which can
                rename keys in ``state_dict``, a copy of the caller's.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().load_pre, hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after a state is loaded; the hook can remove keys from both lists.

        Returns:
            A handle, whose ``remove()`` removes the hook.
        """
        return add_hook(self._own_hooks().load_post, hook)

    # -- text ----------------------------------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows: a subclass defines it."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({name}): {_indent(repr(child))}" for name, child in self._modules.items()]
        if not children and len(lines) < 2:
            return f"{self._get_name()}({extra})"
        body = "".join(f"\n  {line}" for line in lines + children)
        return f"{self._get_name()}({body}\n)"


def _indent(text: str) -> str:
    return text.replace("\n", "\n  ")
