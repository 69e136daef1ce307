"""Documented differences: what docs/differences.md says, by the test that shows it and by the text of its failure."""

from __future__ import annotations

import re

#: Pattern of ``file::test: message``, and the reason.
DIFFERENCES: dict[str, str] = {
    r"backend 'numpy' has no bfloat16": "bfloat16 exists where the library has it",
    r"unexpected keyword argument 'out'|'out' is an invalid keyword": "there is no out=",
    r"not bound to|saved_tensors_hooks": "no hooks on saved tensors",
    r"has no attribute '(data_ptr|storage|untyped_storage|_typed_storage|set_|resize_|resize_as_|as_strided|as_strided_|_version|"
    r"is_inference|_saved_\w+|_storage|storage_offset|is_shared|share_memory_)'": "tensors have no address, storage or versions",
}


def reason(text: str) -> str | None:
    """Why ``text`` is a documented difference, if it is one."""
    return next((why for pattern, why in DIFFERENCES.items() if re.search(pattern, text)), None)
