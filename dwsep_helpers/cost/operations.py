"""Which of torch's operations multiply and accumulate, how often, and what the others are.

Operations go by the names of torch's own core ("aten"), to which functions and modules boil
down: ``nn.Conv1d``, ``nn.ConvTranspose2d`` and ``F.conv3d`` are all ``convolution``.
"""

from __future__ import annotations

from math import prod
from typing import Any

Shape = tuple[int, ...]

NOTHING = "nothing"  # another name for the same numbers, or a constant of some shape
_KINDS = {
    "norm": """native_batch_norm _native_batch_norm_legit _native_batch_norm_legit_no_training
        _batch_norm_with_update cudnn_batch_norm native_layer_norm native_group_norm
        _fused_rms_norm""",
    "activation": """relu relu6 hardtanh hardswish hardsigmoid sigmoid log_sigmoid_forward tanh
        silu gelu elu leaky_relu mish softplus threshold glu _prelu_kernel rrelu_with_noise
        softshrink hardshrink _softmax _log_softmax _safe_softmax clamp clamp_min clamp_max celu
        logit""",
    "pooling": """max_pool2d max_pool2d_with_indices max_pool3d_with_indices avg_pool2d avg_pool3d
        adaptive_max_pool2d adaptive_max_pool3d _adaptive_avg_pool2d _adaptive_avg_pool3d
        fractional_max_pool2d fractional_max_pool3d max_unpool2d max_unpool3d mean sum amax amin max
        min aminmax prod var var_mean std std_mean logsumexp norm linalg_vector_norm nansum median
        nanmedian mode kthvalue count_nonzero trace dist bincount histc _segment_reduce""",
    "elementwise": """add sub rsub mul div neg abs pow sqrt rsqrt exp log log2 log1p expm1 erf sin
        cos reciprocal square sign floor ceil round maximum minimum lerp where masked_fill addcmul
        addcdiv remainder bernoulli native_dropout bitwise_not bitwise_and bitwise_or logical_not
        logical_and logical_or logical_xor bitwise_xor eq ne lt le gt ge isnan isinf isfinite
        isposinf isneginf all any _is_all_true _is_any_true
        sgn sinh cosh asin acos atan atan2 exp2 log10 erfc trunc frac fmod
        hypot logaddexp xlogy nan_to_num heaviside rand_like randn_like randint_like tan asinh
        acosh atanh floor_divide fmax fmin copysign signbit sinc deg2rad rad2deg angle polar ldexp
        frexp isin lgamma digamma erfinv logaddexp2 bitwise_left_shift bitwise_right_shift
        nll_loss_forward nll_loss2d_forward mse_loss smooth_l1_loss huber_loss binary_cross_entropy
        binary_cross_entropy_with_logits soft_margin_loss multi_margin_loss multinomial
        multilabel_margin_loss_forward conj_physical log_normal cauchy geometric uniform normal
        exponential quantize_per_tensor dequantize_per_tensor dequantize
        quantize_per_channel dequantize_per_channel fake_quantize_per_tensor_affine_cachemask
        _fake_quantize_per_tensor_affine_cachemask_tensor_qparams
        fake_quantize_per_channel_affine_cachemask _fused_moving_avg_obs_fq_helper
        choose_qparams _weight_norm_interface""",
    "embedding": "embedding _embedding_bag _embedding_bag_forward_only embedding_renorm",
    "resampling": """upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d
        upsample_bilinear2d upsample_bicubic2d upsample_trilinear3d _upsample_nearest_exact1d
        _upsample_nearest_exact2d _upsample_bilinear2d_aa _upsample_bicubic2d_aa grid_sampler_2d
        grid_sampler_3d""",
    "copy": """cat stack clone copy _to_copy constant_pad_nd reflection_pad1d reflection_pad2d
        replication_pad1d replication_pad2d roll repeat index index_select index_put gather scatter
        slice_scatter select_scatter masked_select masked_scatter flip im2col col2im pixel_shuffle
        pixel_unshuffle channel_shuffle native_channel_shuffle tril triu topk sort argsort argmax
        argmin nonzero cumsum fill zero _unsafe_index _unsafe_masked_index scatter_add
        scatter_reduce index_add index_copy index_fill one_hot bucketize searchsorted _unique2
        cummax cummin block_diag complex reflection_pad3d replication_pad3d repeat_interleave
        cumprod logcumsumexp take put diag_embed diagonal_scatter as_strided_scatter narrow_copy
        _pack_padded_sequence _pad_packed_sequence unique_consecutive nonzero_static rot90
        expand_copy permute_copy linspace logspace _chunk_cat""",
    NOTHING: """_unsafe_view unsafe_split unsafe_split_with_sizes unsafe_chunk _reshape_alias
        as_strided detach alias lift_fresh resize _local_scalar_dense new_empty new_empty_strided
        new_zeros new_ones new_full empty_like zeros_like ones_like full_like squeeze unsqueeze
        transpose t swapaxes set""",
}
KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}


def plain_name(name: str) -> str:
    """Return what people call an operation: torch has several for one thing, by where it runs.

    Examples
    --------
    >>> plain_name("_native_batch_norm_legit_no_training"), plain_name("relu_")
    ('batch_norm', 'relu')
    """
    plain = name.strip("_").removeprefix("native_")
    return "batch_norm" if "batch_norm" in plain else plain


def kind_and_macs(name: str, arguments: tuple[Any, ...], output: Shape) -> tuple[str, int]:
    """Return an operation's kind and its multiply-accumulates.

    Parameters
    ----------
    name : str
        Torch's name of it, such as ``"addmm"``.
    arguments : tuple
        What it was called with.
    output : tuple of int
        Shape of the first tensor that it returned.

    Returns
    -------
    kind : str
        As for :class:`dwsep_helpers.cost.Row`, ``"other"`` for what isn't known; or `NOTHING`.
    macs : int
    """
    name = name.rstrip("_")  # in place: what addmm_ multiplies, addmm does too
    if name in ("convolution", "_convolution"):
        return _convolution(arguments, output)
    if name == "vdot":
        return "matmul", arguments[0].numel()
    if name in ("ger", "addr"):  # each of one vector with each of the other
        return "matmul", prod(output)
    if name in ("mm", "bmm", "mv", "dot", "_int_mm", "_scaled_mm", "_scaled_mm_v2"):
        return "matmul", prod(output) * arguments[0].shape[-1]
    if name in ("addmm", "baddbmm", "addmv", "_addmm_activation", "addbmm"):
        # The first is added: a bias, for one. addbmm adds up the batch as well.
        batch = arguments[1].shape[0] if name == "addbmm" else 1
        return "matmul", batch * prod(output) * arguments[1].shape[-1]
    if name == "linear":
        return "matmul", prod(output) * arguments[1].shape[-1]
    if name.startswith("_scaled_dot_product") or name == "flex_attention":
        query, key, value = arguments[:3]
        pairs = prod(query.shape[:-1]) * key.shape[-2]  # of a query with a key
        return "attention", pairs * (query.shape[-1] + value.shape[-1])
    return KIND_OF.get(name, "other"), 0


def _convolution(arguments: tuple[Any, ...], output: Shape) -> tuple[str, int]:
    """Count one product for each tap of each output; transposed, for each tap of each input."""
    x, weight = arguments[:2]
    transposed, groups = arguments[6], arguments[8]
    channels = x.shape[1]
    if transposed:
        return "transposed", prod(x.shape) * prod(weight.shape[1:])
    macs = prod(output) * prod(weight.shape[1:])
    if groups > 1:
        return "depthwise" if groups == channels else "grouped", macs
    return "pointwise" if prod(weight.shape[2:]) == 1 else "standard", macs
