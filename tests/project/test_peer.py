"""The session that runs PyTorch's test files classifies every test of a small file correctly."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PEER = Path(__file__).parents[1] / "peer"

OPERATIONS = """
import torch
from torch.testing._internal.common_device_type import OpDTypes, instantiate_device_type_tests, ops
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_utils import TestCase


class TestOperations(TestCase):
    @ops([op for op in op_db if op.name in ("add", "igamma", "sum")], allowed_dtypes=(torch.float32,))
    def test_reference(self, device, dtype, op):
        for sample in op.sample_inputs(device, dtype, requires_grad=True):
            self.assertTrue(sample.input.requires_grad)
            given = sample.numpy()
            self.assertEqual(op(sample.input, *sample.args, **sample.kwargs), op.ref(given.input, *given.args, **given.kwargs))
            break

    @ops([op for op in op_db if op.name == "add"], dtypes=OpDTypes.none)
    def test_refused(self, device, op):
        for error in op.error_inputs(device):
            with self.assertRaises(Exception):
                op(error.sample_input.input, *error.sample_input.args)


instantiate_device_type_tests(TestOperations, globals())
"""

FILE = """
import os
import unittest

import torch
import torch_npu
from torch.nn import Linear, NoSuchLayer
from torch.testing import make_tensor
from torch.testing._internal.common_device_type import dtypes, instantiate_device_type_tests, onlyCUDA, skipNothing
from torch.testing._internal.common_utils import TestCase, instantiate_parametrized_tests, parametrize, run_tests

no_such_constant = torch.no_such_module.no_such_constant + 1


class TestOne(TestCase):
    def test_passed(self):
        self.assertEqual(Linear(2, 3)(torch.ones(2)).shape, (3,))

    def test_passed_error_text(self):
        with self.assertRaisesRegex(RuntimeError, "PyTorch's text"):
            torch.ones(2) + torch.ones(3)

    def test_missing_function(self):
        torch.no_such_function(1)

    def test_missing_method(self):
        torch.ones(1).no_such_method()

    def test_missing_layer(self):
        NoSuchLayer(2)

    def test_missing_constant(self):
        no_such_constant + 1

    def test_missing_module(self):
        import torch.no_such_module

    def test_missing_argument(self):
        torch.ones(2, no_such_argument=1)

    def test_documented(self):
        torch.ones(1).storage()

    def test_fault_value(self):
        self.assertEqual(torch.ones(2), torch.zeros(2))

    def test_fault_type(self):
        self.assertEqual(torch.ones(2), torch.ones(2, dtype=torch.float64))

    def test_fault_shape(self):
        self.assertEqual(torch.ones(2, 1), torch.ones(2))

    def test_fault_no_error(self):
        with self.assertRaisesRegex(RuntimeError, ""):
            torch.ones(2) + 1

    def test_fault_time(self):
        while True:
            pass

    def test_fault_process(self):
        os.abort()

    def test_fault_subtest(self):
        with self.subTest():
            self.assertEqual(1, 2)

    def test_harness_assertion(self):
        self.assertSomethingOfPyTorch()

    def test_harness_name(self):
        torch_npu.no_such_helper()

    @onlyCUDA
    def test_skipped(self):
        self.fail()

    @unittest.skip("no")
    def test_skipped_by_unittest(self):
        self.fail()

    @parametrize("a,b", [(1, 1), (1, 2)])
    def test_parameters(self, a, b):
        self.assertEqual(a, b)


class TestTwo(TestCase):
    @skipNothing(torch.no_such_name)
    @dtypes(torch.float32, torch.int64, torch.no_such_type)
    def test_passed_types(self, device, dtype):
        x = make_tensor(3, dtype=dtype, device=device, low=1, high=5)
        self.assertEqual(x.dtype, dtype)
        self.assertEqual(x.npu() * 2, x + x)


class TestThree(1 / 0):
    def test_hidden(self):
        pass


instantiate_parametrized_tests(TestOne)
instantiate_device_type_tests(TestTwo, globals(), only_for="npu")
"""


def classes_of(text, folder):
    """Of each test in a file the class that it is put into."""
    (folder / "test_small.py").write_text(text)
    command = [
        sys.executable,
        str(PEER),
        str(folder),
        "test_small.py",
        "--seconds",
        "1",
        "--json",
        str(folder / "rows.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {
        row["test"].partition(".")[2] or row["test"]: row["kind"]
        for row in json.loads((folder / "rows.json").read_text())["test_small.py"]
    }


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return classes_of(FILE, tmp_path_factory.mktemp("test"))


def test_every_test_is_in_its_class(classes):
    named = {
        test: kind
        for test, kind in classes.items()
        if test.startswith("test_") and "passed_types" not in test and "parameters" not in test
    }
    assert named == {test: test.split("_")[1] for test in named}
    assert len(named) == 20


def test_parameters_and_types_make_tests(classes):
    assert [classes[f"test_parameters_{i}"] for i in range(2)] == ["passed", "fault"]
    assert sorted(kind for test, kind in classes.items() if "passed_types" in test) == ["missing", "passed", "passed"]


def test_a_class_that_cannot_be_defined_is_counted(classes):
    assert classes["TestThree"] == "harness"


@pytest.mark.parity
def test_operations_come_with_pytorch_s_samples(tmp_path):
    pytest.importorskip("torch")
    assert classes_of(OPERATIONS, tmp_path) == {
        "test_reference_add_float32_0": "passed",
        "test_reference_igamma_float32_0": "missing",
        "test_reference_sum_float32_0": "passed",
        "test_refused_add_0": "passed",
    }
