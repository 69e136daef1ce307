"""`python`: a recorded graph, forward and backward, as a file of NumPy statements.

The graph is computed once more on the recorder of `numpy_recorder`, operation by operation, and the engine sweeps through
it: so what is written is what the rules compute.  A hook at every value names its gradient.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .._core import engine
from .._core.graph import Edge, Leaf, Node, hooks_of, node_and_output
from .._core.primitive import Primitive
from .._core.tensor import Tensor, cell
from ..autograd.grad_mode import enable_grad
from ..compiler.replay.graph import Operation, ReplayTracer
from . import names as naming
from .diagram import collect_edges, root_of
from .formulas import saved_operands
from .numpy_helpers import HELPERS
from .numpy_recorder import ALIAS, Helpers, SourceGraph, source_backend
from .numpy_settings import as_numpy, is_python_number, settings_of
from .numpy_spelling import find_unused
from .numpy_text import identifier, write_file


class PythonText(str):
    """A file of NumPy statements, a str.

    ``arguments`` has the arrays for which it was written, by the names of its functions' parameters: leaves, and what the
    graph saved of other tensors.  A parameter that the graph did not save is not there.
    """

    arguments: dict[str, Any]

    def __new__(cls, text: str, arguments: Mapping[str, Any]) -> PythonText:
        """The ``text``, with its ``arguments``."""
        made = super().__new__(cls, text)
        made.arguments = dict(arguments)
        return made

    def __reduce__(self) -> Any:
        return PythonText, (str(self), self.arguments)


def python(
    loss: Tensor, path: str | os.PathLike[str] | None = None, params: Mapping[str, Tensor] | None = None
) -> PythonText:
    """The computation of ``loss`` and of its gradients as a Python file that needs nothing but NumPy.

    The file has two functions. ``forward_and_backward`` returns the loss and a dictionary of the gradients of all leaves,
    ``gradients`` that dictionary alone. Each operation of the graph is a statement or a few, forward and then backward,
    as its gradient rule computes them. The parameters of both functions are the leaves, the tensors that the graph saved and
    that are not in it (data; also masks, indices and detached values, from whatever they were computed), and last the operands
    that the graph did not save because no gradient depends on them, as ``y`` in ``x + y``. The file is for arrays of the
    shapes of this graph.
    Call it before `backward`, which frees the saved values.

    Args:
        loss: a real tensor of one element that requires grad.
        path: the file to write, in UTF-8; by default none.
        params: names of tensors, as in ``dict(model.named_parameters())``.  By default they are the caller's
            variables, as in `mermaid`.

    Returns:
        The text, a str, with an attribute ``arguments``: a dictionary of NumPy arrays for the functions' parameters.

    Raises:
        RuntimeError: ``loss`` has no graph, the graph's saved values were freed, or ``loss`` has not one real element.
        TypeError: ``loss`` is not a tensor, or a value of ``params`` is not one.
        NotImplementedError: the graph has an operation that cannot be written: a `Function` of a user, a compiled call, a
            checkpoint, or one of which the graph did not save enough. The message names it.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        >>> text = polygrad.viz.python((x * x).sum(), params={"x": x})
        >>> namespace = {}
        >>> exec(text, namespace)
        >>> namespace["gradients"](np.array([1.0, 2.0]))
        {'x': array([2., 4.])}
    """
    if not isinstance(loss, Tensor):
        raise TypeError(f"a graph is written from a Tensor, not from a {type(loss).__name__}")
    names = naming.find_names(sys._getframe(1)) if params is None else naming.names_from(params)
    root = root_of(loss, names)
    if loss.shape.numel() != 1 or loss.dtype.is_complex:
        raise RuntimeError(
            f"the gradients of one real number can be written, but this tensor has shape {tuple(loss.shape)} and type "
            f"{loss.dtype.name}; reduce it, as in y.sum()"
        )
    source = _Rebuild(root, names, loss.dtype.name).write()
    if path is not None:
        Path(path).write_text(source, encoding="utf-8")
    return source


class _Rebuild:
    """The graph below ``root``, computed once more on the recorder."""

    def __init__(self, root: Edge, names: naming.Names, dtype: str):
        self._root, self._names, self._dtype = root, names, dtype
        self._backend = source_backend()
        self._graph = SourceGraph(self._backend, Helpers())
        self._tensors: dict[Edge, Tensor] = {}
        self._outputs: dict[Node, Any] = {}
        self._constants: dict[int, Tensor] = {}
        #: The names of slots, and of edges.
        self._labels: dict[int, str] = {}
        self._labels_of_edge: dict[Edge, str] = {}
        self._taken = {"np", "gradients", "forward_and_backward", *HELPERS}
        #: Name of a parameter → its array, None where it was not saved; what its docstring says.
        self._parameters: dict[str, Any] = {}
        self._about: dict[str, str] = {}
        self._kept: list[Any] = []
        self._lost_operands: list[tuple[Tensor, Node, int, str]] = []
        #: The edges whose values are computed from what is known.
        self._exact: set[Edge] = set()
        self._edges, _ = collect_edges(root)
        self._leaves = [edge for edge in self._edges if isinstance(edge, Leaf)]
        self._known = self._saved_values()

    def write(self) -> PythonText:
        """The file."""
        with enable_grad(), np.errstate(all="ignore"):
            for edge in self._edges:
                self._reserve(edge)
            for edge in self._leaves:
                self._add_leaf(edge)
            for edge in self._edges:
                if isinstance(edge, Node):
                    self._tensors[edge] = self._compute(edge)
                self._name(edge)
            loss = self._tensors[self._root]
            forward = len(self._graph.operations)
            self._name_lost()
            self._graph.sweeping = True
            seed = cell(self._backend.xp.ones_like(loss._read()))
            leaves = [self._tensors[edge] for edge in self._leaves]
            found = engine.grad((loss,), leaves, (seed,), None, False, True)
        gradients = {
            self._labels_of_edge[edge]: g._read().slot
            for edge, g in zip(self._leaves, found, strict=True)
            if g is not None
        }
        text = write_file(
            self._graph, forward, loss._read().slot, self._labels_of_edge[self._root], gradients, self._labels,
            self._parameters, self._about, self._taken,
        )  # fmt: skip
        return PythonText(text, {name: array for name, array in self._parameters.items() if array is not None})

    # -- names -------------------------------------------------------------------------------------------------------------

    def _fresh(self, wanted: str) -> str:
        name = identifier(wanted)
        unique = find_unused(name, self._taken)
        self._taken.add(unique)
        return unique

    def _reserve(self, edge: Edge) -> None:
        """Give ``edge`` its name: the user's, or one with a number."""
        known = self._names.edges.get(edge)
        if known is not None:
            self._labels_of_edge[edge] = self._fresh(known)

    def _label(self, edge: Edge) -> str:
        if edge not in self._labels_of_edge:
            self._labels_of_edge[edge] = self._fresh("p" if isinstance(edge, Leaf) else "h")
        return self._labels_of_edge[edge]

    def _name(self, edge: Edge) -> None:
        """Name the value of ``edge`` and, by a hook, its gradient."""
        if edge not in self._tensors:
            return
        tensor, label = self._tensors[edge], self._label(edge)
        array = tensor._read()
        if isinstance(array, ReplayTracer):
            self._labels.setdefault(array.slot, label)
        if tensor._edge is not None:
            hooks_of(tensor._edge).callbacks[0] = lambda g: self._name_gradient(g, f"grad_{label}")

    def _name_gradient(self, g: Tensor, name: str) -> Tensor:
        array, graph = g._read(), self._graph
        if not isinstance(array, ReplayTracer):
            array = graph.add(array, True)
        made = graph.add(np.array(array.value))
        origin = _origin_of(graph, array.slot) or graph.passed.get(array.slot)
        graph.operations.append(Operation(ALIAS, (array.slot,), {}, made.slot, origin=origin))
        self._labels[made.slot] = self._fresh(name)
        return cell(made)

    # -- values ------------------------------------------------------------------------------------------------------------

    def _saved_values(self) -> dict[Edge, Any]:
        """The values of edges that some node saved, as an operand: what a lost operand cannot be computed from."""
        found: dict[Edge, Any] = {}
        for edge in self._edges:
            node = node_and_output(edge)[0]
            if isinstance(node, Leaf):
                continue
            self._check(node)
            edges = iter(node.edges)
            saved = saved_operands(node)
            for position, needed in enumerate(node.plan.mask):
                if needed:
                    operand = next(edges)
                    if saved.get(position) is not None:
                        found.setdefault(operand, saved[position])
        return found

    def _check(self, node: Node) -> None:
        operation = node.plan.operation
        if not isinstance(node.plan.primitive, Primitive):
            raise NotImplementedError(f"viz.python cannot write {operation}, which is no operation of polygrad")
        if node.saved is None:
            raise RuntimeError(
                f"the values that {node!r} saved were freed by backward(); call viz.python before it, or pass "
                "retain_graph=True to backward()"
            )

    def _add_leaf(self, edge: Leaf) -> None:
        if edge.hooks is not None and edge.hooks.callbacks:
            raise NotImplementedError("viz.python cannot write the hook of a leaf, which may change its gradient")
        variable = edge.variable
        array = self._known.get(edge) if variable is None else variable._read()
        label = self._label(edge)
        if array is None:  # its tensor does not exist any more, and no rule needs it
            value = np.ones(tuple(edge.shape), self._dtype)
            self._tensors[edge] = self._parameter(label, value, "a leaf", requires_grad=True)
            self._parameters[label] = None
            return
        self._tensors[edge] = self._parameter(label, as_numpy(array, label), "a leaf", requires_grad=True)
        self._exact.add(edge)

    def _parameter(self, label: str, value: Any, about: str, requires_grad: bool = False) -> Tensor:
        tracer = self._graph.add(np.array(value))
        self._graph.inputs.append(tracer.slot)
        self._labels[tracer.slot] = label
        self._parameters[label] = value
        self._about[label] = f"{tuple(value.shape)}, {value.dtype.name}, {about}"
        made = cell(tracer)
        if requires_grad:
            made.requires_grad = True
        return made

    def _constant(self, array: Any, node: Node) -> Tensor:
        """An operand outside the graph that was saved: a number is written out, anything else as a parameter."""
        if id(array) in self._constants:
            return self._constants[id(array)]
        self._kept.append(array)  # so that its id stays its own
        name = self._names.of_array(array)
        value = as_numpy(array, node.plan.operation)
        if name is None and is_python_number(array, value):
            made = cell(self._graph.add(np.array(value), True))
        else:
            label = self._fresh(name or f"{node.plan.operation}_{'mask' if value.dtype == np.bool_ else 'data'}")
            made = self._parameter(label, value, "saved by the graph" if name is None else "data")
        self._constants[id(array)] = made
        return made

    def _lost(self, node: Node, position: int, operands: list[Any]) -> Tensor:
        """An operand outside the graph that was not saved, as a parameter."""
        primitive: Any = node.plan.primitive
        name = primitive.operands[0 if primitive.variadic else position]
        known = next(x for x, needed in zip(operands, node.plan.mask, strict=True) if needed)
        shape = self._shape_of_lost(node, primitive.name, known)
        made = cell(self._graph.add(np.ones(shape, known._read().dtype)))
        self._lost_operands.append((made, node, position, name))
        return made

    def _lost_number(self, name: str, what: str, like: Tensor) -> Any:
        label = self._fresh(name)
        made = self._parameter(label, np.zeros((), like._read().dtype), "")
        self._parameters[label], self._about[label] = None, f"{what}, which the graph did not save: a number"
        return made._read()

    def _name_lost(self) -> None:
        """Make a parameter of each operand that was not saved.

        It has the name of a tensor of the user that gives the very result that was saved, if there is one, and else a new one.
        """
        for made, node, position, name in self._lost_operands:
            primitive: Any = node.plan.primitive
            found = self._tensor_for(node, position)
            shape = tuple(made.shape)
            number = ("first", "second", "third")[min(position, 2)]
            about = f"the {number} operand of {primitive.public_name}, which the graph did not save"
            tracer, value = made._read(), None
            if found is None:
                label = self._fresh(f"{primitive.public_name}_{name}" if len(name) > 1 else "const")
                about = f"{about}: a number, or an array that is broadcast to {shape}"
            else:
                label, value = self._fresh(found[0]), as_numpy(found[1]._read(), found[0])
                about = f"{tuple(value.shape)}, {value.dtype.name}, {about}"
            self._graph.inputs.append(tracer.slot)
            self._labels[tracer.slot], self._parameters[label], self._about[label] = label, value, about

    def _tensor_for(self, node: Node, position: int) -> tuple[str, Tensor] | None:
        """The user's tensor that gives the saved result of ``node`` as the operand that was not saved."""
        result = self._known.get(node)
        if result is None or node.plan.primitive.variadic:
            return None
        edges, saved, operands = iter(node.edges), saved_operands(node), []
        for place, needed in enumerate(node.plan.mask):
            edge = next(edges) if needed else None
            array = saved.get(place) if edge is None else self._known.get(edge)
            if edge is not None and array is None:
                array = self._tensors[edge]._read().value if edge in self._exact else None
            if array is None and place != position:
                return None
            operands.append(None if place == position else as_numpy(array, ""))
        expected = as_numpy(result, "")
        kernel, settings = self._backend.base.kernel(node.plan.primitive), settings_of(node, [expected], result)
        for name, tensor in self._names.data.items():
            try:
                operands[position] = as_numpy(tensor._read(), name)
                if np.array_equal(kernel(*operands, *settings.values()), expected):
                    return name, tensor
            except Exception:  # it does not fit
                continue
        return None

    def _shape_of_lost(self, node: Node, name: str, known: Tensor) -> tuple[int, ...]:
        primitive: Any = node.plan.primitive
        if primitive.broadcasts and node.shape is not None:
            return tuple(node.shape)
        saved = dict(zip(node.plan.residuals, node.saved or (), strict=True))
        if name == "stack":
            return tuple(known.shape)
        if name in ("slice_put", "put_rows"):
            if node.plan.mask[1] and not node.plan.mask[0]:
                return tuple(node.shape)
            if name == "slice_put":
                return tuple(np.empty(tuple(node.shape))[saved["key"]].shape)
            return (len(saved["indices"]), *node.shape[1:])
        raise NotImplementedError(f"viz.python cannot write {name}: the graph did not save all of its operands")

    def _compute(self, edge: Node) -> Tensor:
        node, number = node_and_output(edge)
        for one in {edge, node}:
            hooks = one.hooks
            if hooks is not None and (hooks.callbacks or hooks.prehooks or hooks.posthooks):
                raise NotImplementedError(
                    f"viz.python cannot write the hook at the result of {node.plan.operation}, which may change its gradient"
                )
        if node not in self._outputs:
            self._outputs[node] = self._call(node)
        result = self._outputs[node]
        made = result[number] if isinstance(result, (tuple, list)) else result
        value = self._known.get(edge)
        if value is not None:
            self._exact.add(edge)
            if isinstance(made._read(), ReplayTracer):
                made._read().value = as_numpy(value, node.plan.operation)  # where an operand was lost it is unknown
        elif all(below in self._exact for below in node.edges) and not any(
            one[1] is node for one in self._lost_operands
        ):
            self._exact.add(edge)
        return made

    def _call(self, node: Node) -> Any:
        primitive: Any = node.plan.primitive
        edges, saved = iter(node.edges), saved_operands(node)
        operands: list[Any] = [
            self._tensors[next(edges)]
            if needed
            else self._constant(saved[position], node)
            if position in saved
            else None
            for position, needed in enumerate(node.plan.mask)
        ]
        operands = [self._lost(node, k, operands) if x is None else x for k, x in enumerate(operands)]
        settings = settings_of(node, operands, self._known.get(node))
        if primitive.name == "pad" and settings["value"] is None:
            settings["value"] = self._lost_number("pad_value", "the value of pad's border", operands[0])
        try:
            if primitive.variadic:
                return primitive.op(operands, **settings)
            return primitive.op(*operands, **settings)
        except NotImplementedError:
            raise
        except Exception as error:
            raise NotImplementedError(f"viz.python cannot write {primitive.name}: {error}") from error


def _origin_of(graph: SourceGraph, slot: Any) -> Any:
    """The step of the operation that computed ``slot``."""
    for operation in reversed(graph.operations):
        if operation.results == slot:
            return None if operation.function is ALIAS else operation.origin
    return None
