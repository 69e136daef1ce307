"""Calls that change nothing or little, and whether their result shares memory with the argument in PyTorch.

``t`` is PyTorch or polygrad, ``F`` its functions of networks, ``nn`` its layers, and ``x`` a tensor of 0 to 5 dimensions that
holds 1, 2, 3, ….  The number before each line is that of the dimensions.  Nothing here imports either library.
"""

from __future__ import annotations

import copy
import math
from typing import Any

SHAPES = {0: (), 1: (4,), 2: (4, 4), 3: (1, 2, 4), 4: (1, 2, 4, 4), 5: (1, 2, 4, 4, 4)}

#: What gives the argument itself, or a view of it.
VIEWS = """
0: x[...] | x[()] | x[None] | x.expand(1) | t.broadcast_to(x,()) | t.flatten(x) | t.ravel(x) | x.view(()) | x.view(1)
0: x.reshape(()) | x.reshape(-1) | t.squeeze(x) | t.squeeze(x,0) | x.t() | t.permute(x,()) | t.transpose(x,0,0) | x.T
0: x.contiguous() | t.tensor_split(x[None],1)[0] | t.atleast_1d(x) | t.atleast_3d(x)
1: t.cartesian_prod(x) | t.meshgrid(x,indexing="ij")[0]
2: t.broadcast_tensors(x)[0] | t.broadcast_tensors(x,x)[0] | t.atleast_1d(x) | t.atleast_2d(x) | t.atleast_1d([x])[0]
2: t.atleast_2d((x,x))[1] | t.einsum("ij->ij",x) | t.einsum("ij",x) | t.einsum("ij->ji",x) | t.einsum("ii->i",x) | +x
2: t.positive(x) | t.real(x) | t.conj(x) | t.conj_physical(x) | t.resolve_conj(x) | t.resolve_neg(x) | x.real | t.diagonal(x)
2: x.to(x.dtype) | x.to(x.device) | x.to(x) | x.float() | x.type(x.dtype) | x.type_as(x) | x.contiguous() | x.detach()
2: x.data | x.view_as(x) | x.reshape_as(x) | x.expand_as(x) | x.expand(4,4) | x.expand(-1,-1) | t.broadcast_to(x,(4,4))
2: x.view(4,4) | x.view(-1) | x.reshape(4,4) | x.flatten() | x.ravel() | x.flatten(0,0) | x.unflatten(0,(4,))
2: x.unflatten(0,(2,2)) | x.squeeze() | x.squeeze(0) | x.squeeze(()) | x.unsqueeze(0) | t.as_tensor(x) | t.asarray(x)
2: t.Tensor(x) | t.FloatTensor(x) | t.nn.Parameter(x) | t.nn.Parameter(x).data | x.split(4)[0] | t.split(x,[4])[0] | x.chunk(1)[0]
2: t.tensor_split(x,1)[0] | t.tensor_split(x,())[0] | t.hsplit(x,1)[0] | t.vsplit(x,1)[0] | x.unbind(0)[0] | list(x)[0]
2: x.select(0,0) | x.narrow(0,0,4) | t.narrow(x,0,0,4) | t.swapaxes(x,0,0) | t.transpose(x,0,0) | t.movedim(x,0,0)
2: t.movedim(x,(),()) | x.permute(0,1) | x.t() | x.mT | x.H | x.mH | t.adjoint(x) | x[:] | x[...] | x[0:4] | x[:,0:4] | x[()]
2: t.view_as_real(t.view_as_complex(x.reshape(4,2,2))) | t.linalg.diagonal(x) | copy.copy(x) | x.squeeze((0,1))
2: t.select(x,0,0) | x.positive() | x.requires_grad_(False)
3: F.dropout1d(x,0.5,False) | t.atleast_3d(x) | t.dsplit(x,1)[0] | nn.Dropout1d().eval()(x)
4: F.dropout(x,0.0) | F.dropout(x,0.5,False) | F.dropout(x,0.0,False) | F.dropout2d(x,0.5,False) | F.dropout2d(x,0.0)
4: F.alpha_dropout(x,0.5,False) | F.alpha_dropout(x,0.0,True) | t.dropout(x,0.5,False) | t.alpha_dropout(x,.5,False)
4: nn.Identity()(x) | nn.Dropout(0.)(x) | nn.Flatten(0,0)(x) | nn.Unflatten(0,(1,))(x) | nn.Sequential()(x)
4: nn.Sequential(nn.Identity())(x) | nn.ReLU(inplace=True)(x) | nn.Dropout2d().eval()(x) | nn.AlphaDropout().eval()(x)
4: F.relu(x,inplace=True) | F.dropout(x,0.,True,True) | F.dropout(x,.5,False,True) | F.leaky_relu(x,.1,True)
4: F.hardtanh(x,-1e9,1e9,inplace=True) | F.elu(x,1.,True) | F.threshold(x,0.,0.,True) | F.celu(x,1.,True)
4: F.feature_alpha_dropout(x,.5,False) | F.alpha_dropout(x,.5,False,True) | F.dropout2d(x,.5,False,True)
5: F.dropout3d(x,0.5,False)
"""

#: What gives new memory.
COPIES = """
0: t.sum(x) | t.mean(x) | t.max(x) | t.amax(x) | t.prod(x) | t.cumsum(x,0) | t.sort(x)[0] | t.logsumexp(x,0) | t.median(x)
0: t.max(x,0)[0] | t.softmax(x*0+1,0) | t.quantile(x,0.5) | t.nansum(x) | t.sum(x,0) | t.sum(x,0,keepdim=True)
0: t.aminmax(x)[0] | t.linalg.vector_norm(x) | t.norm(x) | t.index_select(x,0,t.tensor([0])) | t.gather(x,0,t.tensor(0))
0: t.take(x,t.tensor(0)) | x.masked_select(t.tensor(True)) | t.unique(x) | t.trapezoid(x[None],dim=0) | x[t.tensor(True)]
0: x[True] | t.cat([x[None]]) | t.flip(x,()) | t.roll(x,0) | t.repeat_interleave(x,1) | x.repeat(1) | x.tile(1)
0: t.tile(x,()) | t.diag_embed(x[None])
1: F.softmax(x[:1],0) | x.masked_select(x>-1e9) | x.take(t.arange(4)) | x[x>-1e9] | t.unique(x) | t.unique_consecutive(x)
1: t.repeat_interleave(x,1) | t.diag(t.diag(x)) | t.diag_embed(x) | t.diagflat(x) | t.nn.utils.rnn.pad_sequence([x])
2: x[:,::2].ravel() | t.ravel(x[::2]) | x[:,0].ravel() | x[:,1:3].flatten() | x[:,::2].contiguous()
2: F.linear(x,t.eye(4)) | F.embedding(t.arange(4),x) | F.glu(x) | F.softplus(x,1e9) | t.cat([x]) | t.cat([x,t.ones(0)])
2: t.cat([x,t.ones(0,4)]) | t.stack([x])[0] | t.hstack([x]) | t.vstack([x]) | t.column_stack([x]) | t.row_stack([x])
2: t.concat([x]) | t.concatenate([x]) | t.block_diag(x) | t.linalg.multi_dot([x,t.eye(4)])
2: t.einsum("ij,->ij",x,t.tensor(1.)) | t.einsum("ij,ij->ij",x,t.ones(4,4)) | t.tensordot(x,t.tensor(1.),0)
2: t.kron(x,t.ones(1,1)) | t.kron(x,t.tensor(1.)) | t.outer(x[0],t.ones(1)) | t.matrix_power(x,1)
2: t.linalg.matrix_power(x,1) | x.matrix_power(1) | t.matmul(x,t.eye(4)) | t.mm(x,t.eye(4)) | t.addmm(x,x,x,alpha=0)
2: t.addmm(x,x,x,beta=1,alpha=0) | t.baddbmm(x[None],x[None],x[None],alpha=0) | t.addmv(x[0],x,x[0],alpha=0)
2: t.addr(x,x[0],x[0],alpha=0) | t.addbmm(x,x[None],x[None],alpha=0) | t.addcmul(x,x,x,value=0) | t.addcdiv(x,x,x,value=0)
2: t.lerp(x,x,0.) | t.lerp(x,x,1.) | t.lerp(x,x+1,t.zeros(4,4)) | t.add(x,0) | t.add(x,x,alpha=0) | t.sub(x,0) | t.mul(x,1)
2: t.div(x,1) | x*1 | x+0 | x/1 | x**1 | x-0 | x//1 | 0+x | 1*x | t.pow(x,1) | t.float_power(x,1) | t.clamp(x,-1e9,1e9)
2: t.clamp(x,min=-1e9) | t.clip(x,max=1e9) | t.clamp_min(x,-1e9) | t.clamp_max(x,1e9) | t.maximum(x,x) | t.minimum(x,x)
2: t.fmax(x,x) | t.fmin(x,x) | t.max(x,x) | t.min(x,x) | t.where(x>-1e9,x,x+1) | t.where(x<-1e9,0.,x) | x.where(x>-1e9,0.)
2: x.masked_fill(x<-1e9,1.) | t.masked_fill(x,x<-1e9,1.) | x.masked_scatter(x<-1e9,x)
2: x.index_fill(0,t.tensor([],dtype=t.int64),1.) | x.index_copy(0,t.tensor([],dtype=t.int64),x[:0])
2: x.index_add(0,t.tensor([],dtype=t.int64),x[:0]) | x.index_put((t.tensor([],dtype=t.int64),),t.tensor(1.))
2: x.scatter(0,t.zeros(0,4,dtype=t.int64),x) | x.scatter_add(0,t.zeros(0,4,dtype=t.int64),x)
2: x.scatter(0,t.zeros(0,4,dtype=t.int64),1.) | x.gather(0,t.arange(4)[:,None].expand(4,4))
2: x.take_along_dim(t.arange(4)[:,None],0) | x.index_select(0,t.arange(4)) | x[t.arange(4)] | x[[0,1,2,3]]
2: x.select_scatter(x[0],0,0) | x.slice_scatter(x[:0],0,0,0) | x.slice_scatter(x) | x.diagonal_scatter(x.diagonal())
2: t.abs(x) | t.floor(x) | t.ceil(x) | t.round(x) | t.round(x,decimals=2) | t.trunc(x) | t.fix(x) | t.nan_to_num(x)
2: t.fmod(x,1e9) | t.remainder(x,1e9) | t.copysign(x,1.) | t.hypot(x,t.zeros(4,4)) | t.nextafter(x,x)
2: t.logaddexp(x,x*0-float("inf")) | t.xlogy(x,t.ones(4,4)*2.718281828) | t.rad2deg(t.deg2rad(x)) | t.clone(x) | t.sum(x,())
2: t.sum(x[:1],0) | t.sum(x[:1],0,keepdim=True) | t.mean(x[:1],0) | t.prod(x[:1],0) | t.amax(x[:1],0) | t.amax(x,())
2: t.max(x[:1],0)[0] | t.min(x[:1],0)[0] | t.median(x[:1],0)[0] | t.logsumexp(x[:1],0) | t.cumsum(x[:1],0)
2: t.cumprod(x[:1],0) | t.cummax(x[:1],0)[0] | t.sort(x,0)[0] | t.msort(x) | t.topk(x[:1],1,0)[0] | t.kthvalue(x[:1],1,0)[0]
2: t.quantile(x[:1],0.5,0) | t.nansum(x[:1],0) | t.nanmean(x[:1],0) | t.norm(x[:1],dim=0) | t.linalg.vector_norm(x[:1],dim=0)
2: t.flip(x,()) | t.flip(x[:1],(0,)) | t.fliplr(x) | t.flipud(x[:1]) | t.roll(x,0) | t.roll(x,0,0) | t.roll(x,4,0)
2: t.rot90(x,0) | t.rot90(x,4) | x.repeat(1,1) | x.tile(1) | t.tile(x,(1,1)) | x.tile(()) | t.repeat_interleave(x,1,0)
2: t.tril(x,9) | t.triu(x,-9) | t.diag(x) | t.trapezoid(x[:1],dim=0) | t.diff(x,n=0) | t.diff(x,0) | t.bucketize(x,x[0])
2: t.trace(x[:1,:1]) | t.cdist(x,x) | t.cross(x[:,:3],x[:,:3]) | x.to(x.dtype,copy=True) | x.double() | x.T.contiguous()
2: x.clone() | x.T.flatten() | x.T.ravel() | x.T.reshape(16) | t.tensor(x) | x.new_tensor(x) | x[True] | copy.deepcopy(x)
2: x.mean(()) | x.index_add(0,t.tensor([0]),x[:1]*0) | t.linalg.cross(x[:,:3],x[:,:3]) | t.nn.utils.parameters_to_vector([x])
2: t.nn.utils.rnn.pad_sequence([x],batch_first=True)[0]
2: t.nn.utils.rnn.pack_padded_sequence(x[:,:,None],t.tensor([4,4,4,4])).data | t.nn.utils.rnn.pack_sequence([x]).data
2: t.empty_like(x) | t.zeros_like(x) | t.ones_like(x) | t.full_like(x,1.) | t.trapz(x[:1],dim=0) | t.sgn(x)
2: t.square(t.sqrt(x)) | t.polar(x,x*0).real | t.complex(x,x*0).real | t.view_as_real(t.complex(x,x))[...,0]
2: t.complex(x,x).real | t.complex(x,x).imag
3: F.interpolate(x,size=4) | F.interpolate(x,size=4,mode="linear") | F.adaptive_avg_pool1d(x,4) | F.adaptive_max_pool1d(x,4)
3: F.max_pool1d(x,1) | F.avg_pool1d(x,1) | t.dstack([x]) | nn.ZeroPad1d(0)(x)
4: F.channel_shuffle(x,1) | F.pixel_shuffle(x,1) | F.pixel_unshuffle(x,1) | F.pad(x,(0,0))
4: F.pad(x,(0,0,0,0),mode="reflect") | F.pad(x,(0,0,0,0),mode="replicate") | F.pad(x,(0,0,0,0),mode="circular") | F.pad(x,())
4: F.pad(x,(-1,0)) | F.pad(x,(-1,-1,0,0),mode="replicate") | F.pad(x,(0,0),value=3.) | F.interpolate(x,scale_factor=1)
4: F.interpolate(x,size=4) | F.interpolate(x,size=4,mode="bilinear") | F.interpolate(x,size=4,mode="bicubic")
4: F.interpolate(x,size=4,mode="area") | F.interpolate(x,size=4,mode="nearest-exact") | F.upsample(x,size=4)
4: F.interpolate(x,scale_factor=1.0,mode="bilinear",align_corners=True) | F.adaptive_avg_pool2d(x,4)
4: F.adaptive_avg_pool2d(x,(None,4)) | F.adaptive_max_pool2d(x,4) | F.max_pool2d(x,1) | F.avg_pool2d(x,1)
4: F.lp_pool2d(x,1,1) | F.lp_pool2d(x,2,1) | F.unfold(x,1) | F.relu(x) | F.relu6(x.clamp(max=1)) | F.leaky_relu(x,1.0)
4: F.threshold(x,0.,0.) | F.hardtanh(x,-1e9,1e9) | F.elu(x) | F.celu(x) | F.selu(x) | F.hardshrink(x,0.) | F.softshrink(x,0.)
4: F.prelu(x,t.ones(1)) | F.prelu(x,t.ones(2)) | F.normalize(x,p=1,dim=0) | F.batch_norm(x,t.zeros(2),t.ones(2),eps=0.)
4: F.instance_norm(x) | F.group_norm(x,1) | F.local_response_norm(x,1) | F.conv2d(x,t.eye(2).reshape(2,2,1,1))
4: F.conv_transpose2d(x,t.eye(2).reshape(2,2,1,1)) | nn.PixelShuffle(1)(x) | nn.PixelUnshuffle(1)(x)
4: nn.ChannelShuffle(1)(x) | nn.ZeroPad2d(0)(x) | nn.ConstantPad2d(0,1.)(x) | nn.ReflectionPad2d(0)(x)
4: nn.ReplicationPad2d(0)(x) | nn.CircularPad2d(0)(x) | nn.Upsample(scale_factor=1)(x)
4: nn.UpsamplingNearest2d(size=(4,4))(x) | nn.AdaptiveAvgPool2d(4)(x) | nn.AdaptiveMaxPool2d(4)(x) | nn.MaxPool2d(1)(x)
4: nn.AvgPool2d(1)(x) | nn.ReLU()(x) | nn.Hardtanh(-1e9,1e9)(x) | nn.BatchNorm2d(2,eps=0.,affine=False).eval()(x)
4: nn.Softmax2d()(x) | nn.LPPool2d(1,1)(x) | nn.Unfold(1)(x)
4: F.grid_sample(x,F.affine_grid(t.eye(3)[None,:2],(1,2,4,4),align_corners=True),align_corners=True)
4: F.interpolate(x,size=4,mode="bilinear",antialias=True)
4: F.rrelu(x,1.,1.) | F.rrelu(x,1.,1.,training=True)
5: F.max_pool3d(x,1) | F.avg_pool3d(x,1) | F.lp_pool3d(x,1,1) | F.adaptive_max_pool3d(x,4) | F.adaptive_avg_pool3d(x,4)
5: F.conv_transpose3d(x,t.eye(2).reshape(2,2,1,1,1)) | F.max_unpool3d(x,t.arange(64).reshape(1,1,4,4,4).expand(1,2,4,4,4),1)
5: F.interpolate(x,size=4,mode="trilinear") | F.interpolate(x,size=4)
"""


def rows(table: str) -> dict[str, int]:
    """The expressions of a table, with the dimensions of their argument."""
    found: dict[str, int] = {}
    for line in table.strip().splitlines():
        ndim, _, cells = line.partition(": ")
        for expression in cells.split(" | "):
            found[expression] = int(ndim)
    return found


def shares_memory(t: Any, expression: str, ndim: int) -> bool:
    """Whether a write to the result of ``expression`` reaches its argument."""
    shape = SHAPES[ndim]
    x = t.arange(float(math.prod(shape))).add(1).reshape(shape).clone()
    scope = {"t": t, "F": t.nn.functional, "nn": t.nn, "x": x, "copy": copy}
    result = eval(expression, scope).detach()
    before = x.tolist()
    result.fill_(77.0)
    return x.tolist() != before


#: Functions that may give an argument back, or a view of it, or write to it when ``inplace`` says so: as in PyTorch.
MAY_SHARE = """
    adjoint as_tensor asarray atleast_1d atleast_2d atleast_3d broadcast_tensors broadcast_to cartesian_prod chunk conj
    conj_physical detach diagonal dsplit einsum flatten hsplit meshgrid moveaxis movedim narrow permute positive ravel real
    reshape resolve_conj resolve_neg select split squeeze swapaxes swapdims t tensor_split transpose unbind unsqueeze
    vsplit F.alpha_dropout F.celu F.dropout F.dropout1d F.dropout2d F.dropout3d F.elu F.feature_alpha_dropout F.hardsigmoid F.hardswish
    F.hardtanh
    F.leaky_relu F.mish F.relu F.relu6 F.selu F.silu F.threshold linalg.diagonal Tensor.adjoint Tensor.to_dense Tensor.broadcast_to
    Tensor.chunk Tensor.conj Tensor.conj_physical Tensor.contiguous Tensor.cpu Tensor.detach Tensor.diagonal Tensor.dsplit
    Tensor.expand Tensor.expand_as Tensor.flatten Tensor.float Tensor.hsplit Tensor.moveaxis Tensor.movedim Tensor.narrow
    Tensor.permute Tensor.positive Tensor.ravel Tensor.reshape Tensor.reshape_as Tensor.resolve_conj Tensor.resolve_neg
    Tensor.select Tensor.split Tensor.squeeze Tensor.swapaxes Tensor.swapdims Tensor.t Tensor.tensor_split Tensor.to
    Tensor.transpose Tensor.type_as Tensor.unbind Tensor.unsqueeze Tensor.view Tensor.view_as Tensor.vsplit
"""

#: The same of functions that PyTorch has not, or that take ``inplace`` only here.
MAY_SHARE_HERE = """
    FloatTensor alpha_dropout as_array celu dropout permute_dims selu threshold Tensor.pin_memory
    Tensor.type
"""
