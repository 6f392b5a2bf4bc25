"""The mutants of a module: its text with one small thing changed, by mutmut's operators.

mutmut itself leaves out what is decorated (each property) and what runs while a module is imported (the tables of the
laboratory); here both are mutated. Left alone are decorators, and what no run can notice: annotations, docstrings,
imports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import cast

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators

from embedded.places import PROJECT

Key = tuple[str, int]
NEVER_MUTATED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
# mutmut leaves these calls alone too: without their argument they raise, which tests nothing.
NEVER_MUTATED_CALLS = {"len", "isinstance"}


@dataclass(frozen=True)
class Mutant:
    """One change. `function` is the qualified name and first line of the outermost function whose body it is in;
    None for what runs as the module is imported. `lines` are those of the statement, up to the change. `number` counts
    the changes of a function that read alike."""

    path: Path
    number: int
    function: Key | None
    lines: range
    statement: cst.CSTNode = field(repr=False, compare=False)
    node: cst.CSTNode = field(repr=False, compare=False)
    mutated: cst.CSTNode = field(repr=False, compare=False)
    module: cst.Module = field(repr=False, compare=False)
    first_line: int = field(repr=False, compare=False)

    @property
    def changed(self) -> cst.CSTNode:
        """The statement of the module in which it is, with the change."""
        return self.statement.deep_replace(self.node, self.mutated)  # type: ignore[arg-type, return-value]

    @property
    def text(self) -> str:
        """The whole module."""
        changed = self.changed
        body = [changed if statement is self.statement else statement for statement in self.module.body]
        return self.module.with_changes(body=body).code

    @cached_property
    def change(self) -> str:
        """What stands there, and what stands there instead."""
        before, after = (" ".join(self.module.code_for_node(node).split()) for node in (self.node, self.mutated))
        return f"{before} -> {after}"

    def compiled(self) -> CodeType:
        """The whole module."""
        return compile(self.text, str(self.path), "exec", dont_inherit=True)

    def function_compiled(self) -> CodeType:
        """Its function, at the lines where it stands: a tenth of the work."""
        statement = self.changed.with_changes(leading_lines=())
        text = "\n" * (self.first_line - 1) + self.module.code_for_node(statement)
        code = compile(text, str(self.path), "exec", flags=annotations.compiler_flag, dont_inherit=True)
        return dict(functions_of(code))[cast(Key, self.function)]

    @property
    def name(self) -> str:
        """Stays the same while neither the function nor the change is touched."""
        return f"{self.function[0] if self.function else 'at import'}: {self.change} ({self.number})"


def mutants_of(path: Path) -> list[Mutant]:
    visitor = _Collector(path)
    MetadataWrapper(cst.parse_module(path.read_text()), unsafe_skip_copy=True).visit(visitor)
    return visitor.mutants


def functions_of(code: CodeType) -> Iterator[tuple[Key, CodeType]]:
    """The functions and methods of a module, not those inside of functions."""
    for constant in code.co_consts:
        if not isinstance(constant, CodeType):
            continue
        if constant.co_flags & 0x0002:  # CO_NEWLOCALS: a function; without it the body of a class
            yield (constant.co_qualname, constant.co_firstlineno), constant
        else:
            yield from functions_of(constant)


class _Collector(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.mutants: list[Mutant] = []
        self.alike: Counter[str] = Counter()
        self.module = cst.Module(body=[])

    def visit_Module(self, node: cst.Module) -> None:
        self.module = node

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, NEVER_MUTATED) or _is_never_called(node) or _is_literal_type(node):
            return False
        super().on_visit(node)
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                self.mutants.extend(self._made(node, mutated) for mutated in operator(node))
        return True

    def _made(self, node: cst.CSTNode, mutated: cst.CSTNode) -> Mutant:
        above = [node, *self._ancestors(node)]
        statement = next(
            node for node in above if isinstance(node, cst.BaseCompoundStatement | cst.SimpleStatementLine)
        )
        lines = range(self._position(statement).start.line, self._position(node).end.line + 1)
        function, first_line = self._function(above), self._first_line(above[-2])
        mutant = Mutant(self.path, 0, function, lines, above[-2], node, mutated, self.module, first_line)
        self.alike[mutant.name] += 1
        return replace(mutant, number=self.alike[mutant.name])

    def _ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        while not isinstance(node, cst.Module):
            node = self.get_metadata(ParentNodeProvider, node)
            yield node

    def _position(self, node: cst.CSTNode) -> CodeRange:
        return self.get_metadata(PositionProvider, node)

    def _function(self, above: list[cst.CSTNode]) -> Key | None:
        """The outermost function in whose body it is."""
        for place in range(len(above) - 1, 0, -1):
            function = above[place]
            if isinstance(function, cst.FunctionDef):
                if above[place - 1] is not function.body:
                    return None
                classes = [enclosing.name.value for enclosing in above[place:] if isinstance(enclosing, cst.ClassDef)]
                return ".".join([*reversed(classes), function.name.value]), self._first_line(function)
        return None

    def _first_line(self, statement: cst.CSTNode) -> int:
        """As Python counts it: with the decorators."""
        decorators = getattr(statement, "decorators", ())
        return self._position(decorators[0] if decorators else statement).start.line


def _is_never_called(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in NEVER_MUTATED_CALLS


def _is_literal_type(node: cst.CSTNode) -> bool:
    """Which strings a type lists, and the name of that type, are read by the type checker alone."""
    node = node.value if isinstance(node, cst.Assign) else node
    return isinstance(node, cst.Subscript) and isinstance(node.value, cst.Name) and node.value.value == "Literal"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts)
