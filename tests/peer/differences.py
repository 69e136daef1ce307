"""Documented differences: what docs/differences.md says, by the tests that show it or by the text of their failure."""

from __future__ import annotations

import re

#: Reason, and the pattern of ``module.Class.test: message`` that it explains.
DIFFERENCES: dict[str, str] = {
    "no bfloat16 on NumPy": r"backend 'numpy' has no bfloat16",
    "no out=": r"unexpected keyword argument 'out'",
    "no device meta": r"has no device 'meta'",
    "no sparse, named, nested or quantized tensors": r"has no sparse gradients|must be an int, not str|dim is an int, not str",
    "no hooks on saved tensors": r"saved_tensors_hooks|TestAllowMutationOnSaved",
    "no address, storage or strides that can be set": (
        r"has no attribute '(data_ptr|_?storage|untyped_storage|_typed_storage|set_|resize_|resize_as_|as_strided|as_strided_|"
        r"storage_offset|is_shared|share_memory_|new_tensor_storage|element_size)'"
    ),
    "no version counters": r"has no attribute '_version'|_modifies_version",
    "nodes have other names and attributes": (
        r"has no attribute '_saved_\w+'|Backward\w*>?\)?' != |!= '\w*Backward|'Node' object is not callable|_node_isinstance|"
        r"'Node(\(.*)?' != |test_inplace_on_view_backward: IndexError: tuple index out of range"
    ),
    "inference_mode makes ordinary tensors": r"has no attribute 'is_inference'|TestAutogradInferenceMode.*not raised",
    "the graph saves values, so changes in place are not refused": (
        r"\.test_(\w*_views_python|autograd_python_custom_function_inplace|inplace_not_requires_grad|custom_function_return_view_in_nograd|anomaly_grad_warnings|"
        r"detach_then_inplace_raises\w*|saved_variable_saved_original_inplace_detach|dot_data_use|\w*forward_mode_\w+_checks|"
        r"inplace_(on_view_)?(of_)?multi\w*|inplace_on_view_of_multi\w*|inplace_multiple_output\w*|hook_inplace|\w*detached_tensor\w*|"
        r"(Adaptive)?MaxPool\dd_indices\w*): AssertionError: RuntimeError not raised"
    ),
    "several views of one tensor may be changed in place": r"'tuple' object does not support item assignment",
    "operands that overlap are not refused": r"mem_overlap|memory_overlap",
    "expanded tensors are not written to": r"unsupported operation: more than one element of the written-to tensor",
    "random numbers are not PyTorch's": (
        r"\.test_normal_\d_float32: AssertionError: not equal: tensor\(-0\.2021\) and 0|"
        r"test_pooling_functions\..*test_avg_pool2d: AssertionError: not equal|test_splits_reproducibility: .* not equal|"
        r"test_Dropout1d_0: AssertionError: tensor\(0\.\d+\) not less than 0.05"
    ),
    "texts are polygrad's own": r"AssertionError: .* not found in |Regex didn't match|!= 'Mismatch in shape",
    "create_graph=True makes no cycle, and gives no warning": r"test_backward_create_graph_warns",
    "checkpoint: use_reentrant makes no difference": (
        r"test_checkpoint\w*(use_reentrant_not_passed|detached_tensor|custom_function_works|saved_object_identity|"
        r"valid_reset_on_error)"
    ),
    "positions of any integer type": r"test_(gather_)?take_along_dim_\w+: AssertionError: RuntimeError not raised",
    "no number that a type does not hold": r"the number \S+ does not fit into",
    "a NumPy array is a tensor of its type, in sums as well": r"numpy_array_binary_ufunc_promotion\w*: .*Failure: tensor.* == ",
    "no deprecated order of arguments": r"addc(mul|div)\(\) takes 3 positional|add\(\) takes 2 positional",
    "from_numpy and as_tensor copy": r"\.test_as_tensor_\d+: AssertionError: not equal",
    "asarray keeps the gradient": r"\.test_retain_autograd_history\w*: AssertionError: not equal: True and False",
    "numbers may be tensors that require grad": r"\.test_parsing_double: AssertionError: TypeError not raised|\.test_addcmul_scalars_as_floats\w*: AssertionError: Exception not raised",
    "numpy() of a conjugate is a copy": r"\.test_conj_neg_view_numpy_error\w*: AssertionError: RuntimeError not raised",
    "empty gives zeros": r"\.test_deterministic_empty_\w+: AssertionError: tensor\(False\) is not true",
    "a copy counts as contiguous": r"\.test_clone_not_memory_dense\w*: AssertionError: False is not true",
    "a tensor takes no attributes": r"'Tensor' object has no attribute '(foo|arf|_tracker|slot\d)'",
    "a weak reference is Python's": r"\.test_tensor_dead_weak_ref: AssertionError: RuntimeError not raised",
    "pairs are of one type": r"'ValuesAndIndices\(values=",
    "a generator draws for every device": r"\.test_invalid_generator_raises: AssertionError: RuntimeError not raised",
    "at most 64 dimensions": r"maximum supported dimension for an ndarray is currently 64",
    "unique puts NaN last": r"\.test_unique_dim_\w+: AssertionError: not equal: tensor\(\[nan",
    "no warning of float(x), and of memory that is copied": (
        r"\.test_tensor_with_grad_to_scalar_warning: AssertionError: not equal: 0 and 1|\.test_warn_always_caught_\w+: .*not triggered"
    ),
    "no complex32": r"\.test_pow_\d+_float16: AssertionError: RuntimeError not raised",
    "a tensor without dimensions counts in promotion": (
        r"\.test_(complex_promotion|result_type_tensor_vs_scalar)_\d+: AssertionError: polygrad\.\w+ != polygrad\.\w+"
    ),
    "checkpoint recomputes to the end": r"test_nested_checkpoint_set_early_stop\w*: AssertionError: not equal: 2 and 1",
    "a node for each result, and no hook without a gradient": (
        r"test_grad_fn_prehooks_multiple_outputs: ValueError|test_grad_nonleaf_register_hook: AssertionError: not equal: tensor\(1\.\)"
        r"|test_gradcheck_undefined_grad: AssertionError: RuntimeError not raised"
    ),
    "a hook of a view stays with the value that it had": r"test_tensor_hooks_inplace_over_view: AssertionError: None",
    "a GradientEdge knows its shape only": r"a GradientEdge knows its shape only",
    "anomaly mode says all in its error": r"test_nested_anomaly_detect_nan: IndexError",
    "transpose_ of a view of parts has its own gradient": r"test_autograd_inplace_views_cross_dtype: AssertionError: not equal",
    "names with an underscore are polygrad's own": (
        r"has no attribute '_(backward_hooks|grad_fn)'|has no deleter|test_detach_base: AssertionError: \(tensor|"
        r"test_set_materialize_non_diff_grads: AssertionError: tensor\(0\.\) is not None"
    ),
    "no subclasses of Tensor": r"test_subclass_preserved|preserve_torch_function|LoggingTensor|TwoTensor|test_tensor_finalizer_dealloc|"
    r"test_tensor_base_init",
    "a Function has no instances": r"is not instantiated: its methods are static",
    "type errors where PyTorch asserts": (
        r"it must not change its outputs|at least one of check_forward_ad and check_backward_ad must be True|"
        r"Error: (module \d+ must be a polygrad.nn.Module|MultiheadAttention: query, key and value have 3 dim|"
        r"embed_dim must be divisible by num_heads|ConcatDataset does not support|ChainDataset takes Iterable)"
    ),
    "data are loaded in the process itself": (
        r"test_dataloader\..*\.test_(error_in_init|excessive_thread_creation_warning|iterable_style_dataset|worker_init_fn|"
        r"multi_epochs_reproducibility|dataset_not_reset|ind_worker_queue|set_affinity_in_worker_init): "
    ),
    "layers take integers": r"test_(upsampling\w+_nonsupported_dtypes|adaptive_pooling_no_suppot_input)\w+: .* not raised",
    "a convolution of no channels is its bias": r"test_conv_empty_channel_\d_\w+: AssertionError: not equal: [\s\S]* and tensor\(\[0",
    "attention's bias is of its input's type": r"different_dtypes_0_float64: MixedTypesError: linear: .* bias is float16",
    "a masked row of attention is zeros": (
        r"nan location mismatch.*\n.*ACTUAL: array\(\[\[0., 0|test_transformerencoderlayer_0_float32: AssertionError: np.False_"
    ),
    "registered attributes are in __dict__": r"unexpectedly found in \{'training'",
    "hooks are in no dictionaries": (
        r"\.test_(register_state_dict_post_hook_1|(register_state_dict_pre|load_state_dict_post)_hook_backward_compat\w*): "
        r"AssertionError: False is not true|has no attribute '_forward_pre_hooks'"
    ),
    "load_state_dict takes arrays": r"test_load_state_dict_invalid: AssertionError: RuntimeError not raised",
    "complex modules are no new feature": r"test_to_complex_0: AssertionError: not equal: 0 and 1",
    "what a function may do inside of a transform": (
        r"TestComposability\w*\.test_(autograd_func|requires_grad_ins|retain_grad_ins)\w+: .*RuntimeError not raised|"
        r"test_fails_with_autograd_function|(aux_pytree|inplace_on_captures)\w*: .*RuntimeError not raised"
    ),
    "Jacobians of complex tensors": r"TestJac\w*\.test_complex_error",
    "a Function inside of transforms": (
        r"test_no_vmap_staticmethod_and_no_generate|test_function_returns_input\w*: .*RuntimeError not raised|"
        r"TestAutogradFunctionVmapAPI\w*\.test_(in_dims_(single|multiple)_input|kwarg_only_tensors)"
    ),
    "examples are laid out as contiguous tensors are": (
        r"TestVmapOperators\w*\.test_(view\w*: .*RuntimeError not raised|is_contiguous|stride)|"
        r"TestVmapOperators\w*\.test_(expand_as|reshape_as|diagonal): .*not a view|"
        r"TestVmap\w+\.test_(transpose|inplace_fallback_unary): .*False is not true"
    ),
    "random numbers inside of vmap": (
        r"TestRandomness\w*\.test_\w+: AssertionError: (not equal|RuntimeError not raised)|test_mode_key"
    ),
    "NumPy's arrays have 64 dimensions at most": r"maximum supported dimension for an ndarray is",
    "a number may come first": r"test_vmap_exhaustive_\w+: AssertionError: Exception not raised",
    "errors inside of transforms are those outside": r"test_vmap\.\w+\.test_(squeeze: IndexError|fallback_zero_dim)",
    "no module functorch, and no warning of it": r"FutureWarning not triggered|test_fallback_does_not_warn_by_default",
    "a tensor inside of a transform prints its shape": r"test_tensor_print",
    "prod takes several dimensions": r"test_dim_multi_unsupported_prod_\d+: AssertionError: TypeError not raised",
    "no alpha of 1 in differences of complex infinities": (
        r"test_reference_numerics_extremal_values_sub_complex64_\d+: AssertionError: not equal"
    ),
    "compile names the array library": r"there is no backend '(eager|inductor|aot_eager)'",
}


def reason(text: str) -> str | None:
    """Why ``text`` is a documented difference, if it is one."""
    return next((why for why, pattern in DIFFERENCES.items() if re.search(pattern, text)), None)
