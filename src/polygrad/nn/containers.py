"""Containers of modules and of parameters."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, groupby
from typing import Any

from .._core.tensor import Tensor
from .layer import Layer
from .module import Module
from .parameter import Parameter
from .registration import MODULE

__all__ = ["Identity", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


class Identity(Layer):
    """Return the input unchanged, in place of another layer.

    Args:
        *args: ignored.
        **kwargs: ignored.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Identity(54)(polygrad.ones(2))
        tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return ``input``."""
        return input


class _Numbered(Module):
    """A module with children named "0", "1", … in order."""

    def _names(self) -> list[str]:
        return [name for name, kind in self._kinds.items() if kind == MODULE]

    def _children(self) -> list[Module]:
        attributes = self.__dict__
        return [attributes[name] for name, kind in self._kinds.items() if kind == MODULE]

    def _renumber(self, modules: Iterable[Module]) -> None:
        modules = list(modules)
        for name in self._names():
            delattr(self, name)
        for number, module in enumerate(modules):
            self.add_module(str(number), module)

    def _name_of(self, index: Any) -> str:
        names = self._names()
        try:
            return names[operator.index(index)]
        except IndexError:
            raise IndexError(f"index {index} is out of range for {len(names)} modules") from None

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[Module]:
        return iter(self._children())

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice):
            return self.__dict__[self._name_of(index)]
        chosen = self._names()[index]
        return self._of(OrderedDict((name, self.__dict__[name]) for name in chosen))

    def _of(self, children: OrderedDict[str, Module]) -> Any:
        return type(self)(children.values())

    def __setitem__(self, index: int, module: Module) -> None:
        self.register_module(self._name_of(index), module)

    def __delitem__(self, index: Any) -> None:
        names = self._names()
        gone = set(names[index] if isinstance(index, slice) else [self._name_of(index)])
        self._renumber(self.__dict__[name] for name in names if name not in gone)

    def append(self, module: Module) -> Any:
        """Put ``module`` in at the end; return this module."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Any:
        """Put ``modules`` in at the end; return this module."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Any:
        """Put ``module`` in before the one at ``index``; return this module.  Raises IndexError if there is no such place."""
        modules = self._children()
        if not -len(modules) <= index <= len(modules):
            raise IndexError(f"index {index} is out of range for {len(modules)} modules")
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def pop(self, index: int = -1) -> Module:
        """Remove the module at ``index`` and return it.  Raises IndexError if there is none."""
        module = self[index]
        del self[index]
        return module

    def __add__(self, other: Iterable[Module]) -> Any:
        return self._of(OrderedDict((str(i), module) for i, module in enumerate(chain(self, other))))

    def __iadd__(self, other: Iterable[Module]) -> Any:
        return self.extend(other)


class Sequential(_Numbered):
    """Modules that are applied one after the other.

    It can be indexed, sliced (a part is a Sequential of the same modules), added, repeated with ``*`` and extended.

    Args:
        *args: the modules, or one dictionary from names to modules.

    Example::

        >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
        >>> model
        Sequential(
          (0): Linear(in_features=4, out_features=8, bias=True)
          (1): ReLU()
          (2): Linear(in_features=8, out_features=1, bias=True)
        )
        >>> model[:2](polygrad.ones(2, 4)).shape
        polygrad.Size([2, 8])
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        named = args[0] if len(args) == 1 and isinstance(args[0], Mapping) else None
        for name, module in enumerate(args) if named is None else named.items():
            self.add_module(str(name), module)

    def forward(self, input: Any) -> Any:
        """Apply every module to the output of the one before."""
        for module in self._children():
            input = module(input)
        return input

    def _of(self, children: OrderedDict[str, Module]) -> Sequential:
        return type(self)(children)

    def __mul__(self, times: int) -> Sequential:
        if not isinstance(times, int) or times < 1:
            raise ValueError(f"a Sequential is repeated a positive number of times, not {times!r}")
        return self._of(OrderedDict((str(i), module) for i, module in enumerate(self._children() * times)))

    __rmul__ = __mul__


class ModuleList(_Numbered):
    """A list of modules, which are registered in the module that has the list.

    Args:
        modules: the modules, or None.

    Example::

        >>> nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
        ModuleList(
          (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)
        )
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(() if modules is None else modules)

    def __repr__(self) -> str:
        """Show runs of equal modules as one: ``(0-2): 3 x Linear(...)``."""
        lines = []
        for text, run in groupby(enumerate(map(repr, self)), key=lambda pair: pair[1]):
            numbers = [number for number, _ in run]
            count = len(numbers)
            label = f"({numbers[0]}-{numbers[-1]}): {count} x " if count > 1 else f"({numbers[0]}): "
            lines.append("\n  " + label + text.replace("\n", "\n  "))
        return f"{self._get_name()}({''.join(lines)}{chr(10) if lines else ''})"


class ModuleDict(Module):
    """A dictionary of modules, which are registered in the module that has the dictionary.

    Args:
        modules: a dictionary, or pairs of name and module, or None.

    Example::

        >>> heads = nn.ModuleDict({"mean": nn.Linear(4, 1), "scale": nn.Linear(4, 1)})
        >>> heads["mean"](polygrad.ones(2, 4)).shape
        polygrad.Size([2, 1])
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        self.update({} if modules is None else modules)

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def keys(self) -> Any:
        """Return the names."""
        return self._modules.keys()

    def values(self) -> Any:
        """Return the modules."""
        return self._modules.values()

    def items(self) -> Any:
        """Return pairs of name and module."""
        return self._modules.items()

    def clear(self) -> None:
        """Remove all modules."""
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Remove the module of that name and return it.  Raises KeyError if there is none."""
        return self._modules.pop(key)

    def update(self, modules: Any) -> None:
        """Put in the modules of a dictionary, or of pairs of name and module."""
        for name, module in modules.items() if hasattr(modules, "items") else modules:
            self[name] = module


class ParameterList(Module):
    """A list of parameters, which are registered in the module that has the list; tensors become parameters.

    Args:
        values: the parameters, or None.

    Example::

        >>> weights = nn.ParameterList([polygrad.ones(2), polygrad.zeros(3)])
        >>> len(list(weights.parameters()))
        2
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._size = 0
        self.extend(() if values is None else values)

    def _name_of(self, index: Any) -> str:
        number = operator.index(index)
        if not -self._size <= number < self._size:
            raise IndexError(f"index {number} is out of range for {self._size} parameters")
        return str(number % self._size)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Any]:
        return iter([self[i] for i in range(self._size)])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self.__dict__[self._name_of(index)]

    def __setitem__(self, index: int, value: Any) -> None:
        setattr(self, self._name_of(index), _as_parameter(value))

    def append(self, value: Any) -> ParameterList:
        """Put ``value`` in at the end; return this list."""
        self._size += 1
        self[self._size - 1] = value
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Put ``values`` in at the end; return this list.  Raises TypeError for one tensor."""
        if isinstance(values, Tensor):
            raise TypeError("ParameterList takes a sequence of tensors, not one tensor")
        for value in list(values):
            self.append(value)
        return self

    __iadd__ = extend

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return "\n".join(f"({i}): {_describe(value)}" for i, value in enumerate(self))


class ParameterDict(Module):
    """A dictionary of parameters, which are registered in the module that has the dictionary; tensors become parameters.

    They are in the order in which they were put in; those of a plain dictionary are put in by name, as in PyTorch, since an
    optimizer numbers its parameters in this order.

    Args:
        parameters: a dictionary, or pairs of name and parameter, or None.

    Raises:
        KeyError: a name is that of an attribute of ParameterDict.

    Example::

        >>> weights = nn.ParameterDict({"right": polygrad.ones(2), "left": polygrad.zeros(3)})
        >>> weights.keys()
        ['left', 'right']
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        self.update({} if parameters is None else parameters)

    def __getitem__(self, key: str) -> Any:
        if key not in self._keys:
            raise KeyError(key)
        return self.__dict__[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if key in dir(type(self)) or key in ("_keys", "_kinds", "_hooks", "training"):
            raise KeyError(f"a parameter cannot be called {key!r}: ParameterDict has an attribute of that name")
        setattr(self, key, _as_parameter(value))
        self._keys[key] = None

    def __delitem__(self, key: str) -> None:
        del self._keys[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._keys))

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def keys(self) -> list[str]:
        """Return the names."""
        return list(self._keys)

    def values(self) -> list[Any]:
        """Return the parameters."""
        return [self[key] for key in self]

    def items(self) -> list[tuple[str, Any]]:
        """Return pairs of name and parameter."""
        return [(key, self[key]) for key in self]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the parameter of that name, or ``default``."""
        return self.__dict__[key] if key in self._keys else default

    def pop(self, key: str) -> Any:
        """Remove the parameter of that name and return it.  Raises KeyError if there is none."""
        value = self[key]
        del self[key]
        return value

    def clear(self) -> None:
        """Remove all parameters."""
        for key in self:
            del self[key]

    def popitem(self) -> tuple[str, Any]:
        """Remove the parameter that was put in last, and return its name and it.  Raises KeyError if there is none."""
        if not self._keys:
            raise KeyError("popitem(): the ParameterDict is empty")
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Return the parameter of that name; put ``default`` in first if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def copy(self) -> ParameterDict:
        """Make another dictionary of the same parameters."""
        return type(self)(self)

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """Make a dictionary with ``default`` under each of ``keys``."""
        return type(self)((key, default) for key in keys)

    def update(self, parameters: Any) -> None:
        """Put in the parameters of a dictionary, or of pairs of name and parameter; those of a plain dictionary by name."""
        if isinstance(parameters, Mapping | ParameterDict):
            is_ordered = isinstance(parameters, OrderedDict | ParameterDict)
            parameters = parameters.items() if is_ordered else sorted(parameters.items(), key=lambda pair: pair[0])
        for name, value in parameters:
            self[name] = value

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._keys))

    def __or__(self, other: ParameterDict) -> ParameterDict:
        joined = self.copy()
        joined.update(other)
        return joined

    def __ior__(self, other: ParameterDict) -> ParameterDict:
        self.update(other)
        return self

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return "\n".join(f"({key}): {_describe(value)}" for key, value in self.items())


def _as_parameter(value: Any) -> Any:
    return Parameter(value) if isinstance(value, Tensor) and not isinstance(value, Parameter) else value


def _describe(value: Any) -> str:
    if not isinstance(value, Tensor):
        return f"Object of type: {type(value).__name__}"
    return f"{type(value).__name__} containing: [{value.dtype!r} of size {'x'.join(map(str, value.shape))}]"
