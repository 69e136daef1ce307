"""`save` and `load` round trips; a file runs no code unless it is trusted."""

from __future__ import annotations

import base64
import gzip
import io
import os
import pickle
import random
import zlib
from collections import Counter, OrderedDict

import numpy as np
import pytest

import polygrad
from polygrad import serialization


def there_and_back(obj, **options):
    file = io.BytesIO()
    polygrad.save(obj, file)
    file.seek(0)
    return polygrad.load(file, **options)


DTYPES = """
    bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128
""".split()


def has(backend, name) -> bool:
    """Whether the backend has a type of that name."""
    try:
        polygrad.zeros(1, dtype=getattr(polygrad, name))
    except (TypeError, ValueError, RuntimeError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("name", DTYPES)
def test_a_tensor_of_every_type_comes_back(name, backend):
    if not has(backend, name):
        pytest.skip(f"{backend} has no {name}")
    x = polygrad.arange(6).reshape(2, 3).to(getattr(polygrad, name))
    y = there_and_back(x)
    assert y.dtype is x.dtype and y.tolist() == x.tolist() and y.backend is x.backend and y.device == x.device
    y.zero_()
    assert x.any()


def test_special_numbers_and_shapes_come_back(backend):
    x = polygrad.tensor([float("nan"), float("inf"), -0.0, 1e-40])
    assert np.array_equal(there_and_back(x).cpu().numpy().view(np.uint32), x.cpu().numpy().view(np.uint32))
    for number in (float("nan"), float("-inf"), -0.0, 2**70, -(2**63) - 1, 1e-323, 5e-324 + 0j, complex("nan")):
        assert repr(there_and_back([number])) == repr([number])
    for shape in ((), (0,), (2, 0, 3)):
        assert there_and_back(polygrad.ones(*shape) if shape else polygrad.tensor(1.0)).shape == shape


def test_views_are_saved_alone(tmp_path):
    x = polygrad.zeros(1000, 1000)
    x[0] = polygrad.arange(1000.0)
    polygrad.save(x.T[:, 0], tmp_path / "row")
    assert os.path.getsize(tmp_path / "row") < 10_000
    assert polygrad.load(str(tmp_path / "row")).tolist() == list(range(1000))


VIEWS = {
    "a slice": lambda x: x[1:3],
    "a step": lambda x: x[:, ::2],
    "from the back": lambda x: x[::-1],
    "a row": lambda x: x[2],
    "an element": lambda x: x[1, 2],
    "a column": lambda x: x[:, 1],
    "a transpose": lambda x: x.mT,
    "a flat one": lambda x: x.reshape(-1),
    "a flat transpose, shaped": lambda x: x.mT[1:].reshape(3, 4)[:, 1:],
    "a diagonal": lambda x: x.diagonal(),
    "a diagonal of a transpose": lambda x: x.mT.diagonal(-1),
    "more axes": lambda x: x[None, :, None, 1:],
    "an expanded one": lambda x: x[1:2].expand(3, 4),
    "a detached one": lambda x: x.detach(),
    "real parts": lambda x: x.real[1:],
    "imaginary parts": lambda x: x.imag.mT[::2],
    "both parts": lambda x: polygrad.view_as_real(x.mT[1:]),
    "parts of a conjugate": lambda x: polygrad.view_as_real(x.conj())[:, 1:],
    "imaginary parts of a conjugate": lambda x: x.conj().imag[2:],
    "a conjugate": lambda x: x.conj()[1:],
    "an adjoint": lambda x: x.mH[1:],
    "pairs": lambda x: polygrad.view_as_complex(x.reshape(4, 2, 2))[:, 1],
    "pairs from the second on": lambda x: polygrad.view_as_complex(x.reshape(16)[3:15].reshape(3, 2, 2)[1:]),
    "conjugate pairs": lambda x: polygrad.view_as_complex(x.reshape(8, 2)).conj()[::3],
    "the diagonal of einsum": lambda x: polygrad.einsum("ii->i", x),
}


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("dtype", ["float32", "complex64"])
def test_what_shares_memory_shares_it_again(name, dtype, backend):
    x = polygrad.arange(16.0).reshape(4, 4).to(getattr(polygrad, dtype))
    if ("parts" in name and not x.is_complex()) or ("pairs" in name and x.is_complex()):
        pytest.skip("only complex numbers have two parts, and real ones are pairs")
    if backend != "numpy" and not x.is_complex() and "pairs" not in name:
        pytest.skip("one type is enough where every view has to be compiled")
    view = VIEWS[name](x)
    saved = [x, view, {"rest": x[2:]}]
    back = there_and_back(saved)
    for change in (lambda tensors: tensors[0].mul_(2), lambda tensors: tensors[2]["rest"].add_(1)):
        change(saved)
        change(back)
        assert back[0].tolist() == x.tolist() and back[1].tolist() == view.tolist() and back[1].dtype is view.dtype
    if "expanded" not in name:
        view.zero_()
        back[1].zero_()
        assert back[0].tolist() == x.tolist() and back[2]["rest"].tolist() == x[2:].tolist()


def random_view(rng, x):
    """A view of ``x``, as PyTorch programs make them."""
    choices = ["detach", "new axis", "flat"]
    if x.ndim:
        choices += ["slice", "step", "row", "permuted", "reversed"]
    if x.ndim > 1:
        choices += ["diagonal"]
    if x.is_complex():
        choices += ["real", "imag", "conj", "parts"]
    kind = rng.choice(choices)
    if kind == "slice":
        axis = rng.randrange(x.ndim)
        start = rng.randrange(x.shape[axis])
        return x.narrow(axis, start, rng.randrange(1, x.shape[axis] - start + 1))
    return {
        "detach": lambda: x.detach(), "new axis": lambda: x[..., None], "row": lambda: x[rng.randrange(x.shape[0])],
        "flat": lambda: x.flatten() if x.ndim != 1 else x.view(x.shape[0], 1), "reversed": lambda: x[::-1],
        "step": lambda: x[..., rng.randrange(x.shape[-1]) :: rng.randrange(1, 4)], "real": lambda: x.real,
        "permuted": lambda: x.permute(*rng.sample(range(x.ndim), x.ndim)), "imag": lambda: x.imag, "conj": lambda: x.conj(),
        "diagonal": lambda: x.diagonal(0, *rng.sample(range(x.ndim), 2)), "parts": lambda: polygrad.view_as_real(x),
    }[kind]()  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_any_views_share_memory_as_before(seed):
    rng = random.Random(seed)
    shape = [rng.randrange(1, 5) for _ in range(rng.randrange(1, 4))]
    family = [
        polygrad.arange(float(np.prod(shape))).reshape(shape).to(rng.choice([polygrad.float32, polygrad.complex64]))
    ]
    for _ in range(5):
        family.append(random_view(rng, rng.choice(family)))
    saved = rng.sample(family, rng.randrange(2, 7))
    back = there_and_back(saved)
    for _ in range(3):
        place = rng.randrange(len(saved))
        for tensors in (saved, back):
            tensors[place].mul_(3).add_(1)
        assert [x.tolist() for x in back] == [x.tolist() for x in saved]


def test_memory_that_is_shared_is_written_once(tmp_path):
    nn = polygrad.nn
    embedding, head = nn.Embedding(400, 64), nn.Linear(64, 400, bias=False)
    head.weight = embedding.weight
    model = nn.Sequential(embedding, head)
    polygrad.save(model.state_dict(), tmp_path / "tied")
    assert os.path.getsize(tmp_path / "tied") < 1.05 * 4 * 400 * 64
    state = polygrad.load(tmp_path / "tied")
    state["0.weight"].zero_()
    assert not state["1.weight"].any()
    polygrad.save(list(model.parameters()) + [model.state_dict()], tmp_path / "tied")
    weight, state = polygrad.load(tmp_path / "tied")
    with polygrad.no_grad():
        weight.zero_()
    assert type(weight) is nn.Parameter and weight.requires_grad and not state["1.weight"].any()


def test_parts_that_do_not_meet_do_not_take_what_is_between_along(tmp_path):
    x = polygrad.zeros(1000, 1000)
    polygrad.save([x[0], x[-1], x[-1, :500]], tmp_path / "rows")
    assert os.path.getsize(tmp_path / "rows") < 12_000
    first, last, half = polygrad.load(tmp_path / "rows")
    half.add_(1)
    assert last.sum().item() == 500 and not first.any()


def test_an_expanded_tensor_is_small_or_whole():
    x = polygrad.arange(3.0)
    shared = there_and_back([x, x.expand(4, 3)])
    shared[0].zero_()
    assert not shared[1].any()
    big = polygrad.zeros(1).expand(1_000_000)
    assert there_and_back([big, big[:1]])[0].shape == (1_000_000,)


def test_other_programs_read_the_tensors(tmp_path):
    numpy_reader = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    x = polygrad.arange(6.0)
    state = {"weight": x.reshape(2, 3), "mask": x > 2, "blocks": [{"bias": x[:3] * 2}], "n": polygrad.tensor(3),
             "z": polygrad.tensor([1 + 2j]), "empty": polygrad.zeros(0, 2), "lr": 0.1}  # fmt: skip
    polygrad.save(state, tmp_path / "model.safetensors")
    read = numpy_reader.load_file(tmp_path / "model.safetensors")
    assert set(read) == {"weight", "mask", "blocks.0.bias", "n", "z", "empty"}
    assert read["weight"].tolist() == state["weight"].tolist() and read["weight"].dtype == np.float32
    assert read["mask"].tolist() == state["mask"].tolist() and read["blocks.0.bias"].tolist() == [0, 2, 4]
    assert read["n"].shape == () and read["z"].tolist() == [[1.0, 2.0]] and read["empty"].shape == (0, 2)
    half = polygrad.tensor([1.5], dtype=polygrad.float16)
    polygrad.save({"half": half, "module": Harmless(), "": half}, tmp_path / "odd")
    assert numpy_reader.load_file(tmp_path / "odd").keys() == {"tensor 0", "__pickle__"}


@pytest.mark.backend("jax")
def test_bfloat16_is_two_bytes():
    x = polygrad.tensor([1.5, float("inf"), -3e38], dtype=polygrad.bfloat16, backend="jax")
    file = io.BytesIO()
    polygrad.save({"x": x}, file)
    assert b'"x":{"dtype":"BF16","shape":[3]' in file.getvalue()
    assert np.frombuffer(file.getvalue()[-6:], "<u2").tolist() == [0x3FC0, 0x7F80, 0xFF62]
    file.seek(0)
    back = polygrad.load(file)["x"]
    assert back.dtype is polygrad.bfloat16 and back.tolist() == x.tolist()


def test_names_that_meet_are_told_apart():
    a, b, c = polygrad.zeros(1), polygrad.ones(1), polygrad.full((1,), 2.0)
    obj = {"a.b": a, "a": {"b": b}, "": c, "__metadata__": a.clone(), 5: b.clone(), "\ud800": c.clone()}
    back = there_and_back(obj)
    assert [back[key] if key != "a" else back["a"]["b"] for key in obj] == [0, 1, 2, 0, 1, 2]


def test_a_container_in_two_places_stays_one():
    shared, cyclic = [1], {}
    cyclic["me"] = cyclic
    pair = (shared, cyclic)
    back = there_and_back({"a": pair, "b": pair, "c": shared, "d": [[]] * 2})
    assert back["a"] is back["b"] and back["a"][0] is back["c"] and back["a"][1]["me"] is back["a"][1]
    assert back["d"][0] is back["d"][1]
    around = ([],)
    around[0].append(around)
    again = there_and_back(around)
    assert again[0][0] is again


def test_keys_come_back_as_they_were():
    keys = [1, "1", 1.5, None, True, (1, "a"), b"b", 2**65, frozenset([1]), polygrad.float32, float("inf"), -1j]
    back = there_and_back({key: number for number, key in enumerate(keys)} | {"one": 1})
    assert list(back) == list(dict.fromkeys(keys)) + ["one"]
    assert [type(key) for key in back] == [type(key) for key in dict.fromkeys(keys)] + [str]


def test_attributes_of_parameters_and_of_state_dicts_come_back():
    parameter = polygrad.nn.Parameter(polygrad.ones(2))
    parameter.tag, parameter.options = "head", {"decay": False}
    back = there_and_back(parameter)
    assert back.tag == "head" and back.options == {"decay": False}
    assert there_and_back(polygrad.nn.Buffer(polygrad.ones(1), persistent=False)).persistent is False
    state = polygrad.nn.BatchNorm1d(2).state_dict()
    assert there_and_back(state)._metadata == state._metadata != {}


def test_schedulers_and_generators_go_on_where_they_stopped():
    weight = polygrad.nn.Parameter(polygrad.ones(2))
    optimizer = polygrad.optim.SGD([weight], lr=1.0, momentum=0.9)
    scheduler = polygrad.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=10)
    generator = polygrad.Generator().manual_seed(3)
    for _ in range(3):
        weight.grad = polygrad.rand(2, generator=generator)
        optimizer.step()
        scheduler.step()
    saved = there_and_back(
        [optimizer.state_dict(), scheduler.state_dict(), generator.get_state(), polygrad.get_rng_state()]
    )
    other = polygrad.Generator()
    other.set_state(saved[2])
    assert (
        other.manual_seed
        and polygrad.rand(3, generator=other).tolist() == polygrad.rand(3, generator=generator).tolist()
    )
    resumed = polygrad.optim.SGD([weight], lr=1.0, momentum=0.9)
    again = polygrad.optim.lr_scheduler.OneCycleLR(resumed, 1.0, total_steps=10)
    resumed.load_state_dict(saved[0])
    again.load_state_dict(saved[1])
    scheduler.step()
    again.step()
    assert resumed.param_groups[0]["lr"] == optimizer.param_groups[0]["lr"]
    assert resumed.state_dict()["param_groups"] == optimizer.state_dict()["param_groups"]


def test_several_files_in_one():
    file = io.BytesIO()
    polygrad.save(polygrad.ones(1), file)
    polygrad.save({"step": 2}, file)
    file.seek(0)
    assert polygrad.load(file).item() == 1.0
    assert polygrad.load(file) == {"step": 2}


def test_a_module_is_saved_whole(tmp_path):
    model = polygrad.nn.Sequential(polygrad.nn.Linear(2, 3), polygrad.nn.ReLU())
    polygrad.save({"model": model, "weight": model[0].weight}, tmp_path / "model")
    with pytest.raises(serialization.UnsafeFileError, match="weights_only=False"):
        polygrad.load(tmp_path / "model")
    back = polygrad.load(tmp_path / "model", weights_only=False)
    x = polygrad.ones(1, 2)
    assert back["model"](x).tolist() == model(x).tolist() and back["weight"] is back["model"][0].weight
    back["model"](x).sum().backward()
    assert back["weight"].grad is not None


#: What polygrad 0.1.0 wrote before files were containers, by pickle's protocol: zlib's compression in base 85.
BEFORE = {
    0: (
        'c-oa!O>g5i5Jiig=9l<VgA_?oy0k&D2oPYA7TZFn1q51_6#<G&i1hAyPyOfZ8%lEGd=zL73O$^eH=mE2y%$t@H@U|)wi9_tjXw_OZgTr=Xs6x{{dX7p<4A'
        'RE$8dy7Mw=&{aoj#x|MBEUJ@ZrV<Jq@?>fN~>p+H{KraBBq7ga{yQ1m%{@|HGt3g?2V@$~4=<V$Mm=D2U0K<&r}#3x|-`6Tf7-`~G~eJ#6zy`*YDLZiev1'
        'DaHTmYVK_q|M$-LsfJgE_13LTDQl^Qh;8;dL@M_L>CcBCa7tS!_YQdo<P4(`*v#gANnTZ63*f$pJh~iZTs$lMT)ws(jm2}-7Z!AYb~y(jth~|okVn*p{}I'
        'vRo3rhm*vpqtTKyevjSNO&MGS*Qvxz2k-@Ha0WHc>K;080bky5;H#b-4fKqyaQik2;E0nS<<6<ck3j&P+t1%UB@1jHNB~a(;XjBIR#b#Pl^`)HxPny?;vk'
        'xKcLKVOE4NpwYkuK5l`1E5$i@aty&2YM0axmg4hacvEf1Lke*5nek$zWpC8nw|Z<4g>I25&5NI5`LlF4*xnz__I6A#{eTnsZfixnSqnD{S()T0nEnx@HB<'
        'bCz+Zat3LRkA7&sLH`<Oy@0j10wz}Swm>6|h*ke<MC{r(%h}pX-z*o>av?1b`GXq{<O^{fN!nR1d%?&B*RW7a9EE-v$1l(`3tGV&Uf30_C|FiPRtjFJ#tj'
        'bBU&=S|IPa2ul)S1X<nhgf-~0ZAtjjfylH(}ty6z>%QF0toa3JlYk7s5XdA%Eg5;aMY`rFj??$i%pk-DbcIfC18rP5GKq1Pm(Fv%uQ?k&&J>2OFaD~cCna'
        'K)p)UDV1Mp6e^6c(2h+YwKW3$z751GTIX4R(W2n0IrFwJ5L~!noO}V!&RY8cg1yfixj(st&re6#NsgO*bJHR97=Fps1DQddpk0vs%!iCV)lY!&Rz^xGkHk'
        'xSt`v^Mv&I?6#rpSx#pHAOePL<)8x2QV6j*2xZI&7vop8jpZem*BtLmN+jQm)3`61?sa~{rm4nK-7x(ut(<yn)$xm+V()Eknzg;f$Izn?Nb%F<_1%Byvsn'
        'sB|E8`0rNU+=HHrooi{aJ2BvQGnRcwp1h3MD2stOf+_mpNE4-18?mi35GOTq|Z4f8ryPpG@p04F?ta?@7h-3+K=E)OLhVgJ&*IrzY}4B|(huJ!XF{_Akm9'
        'PsoU0R<W?9%u_k?G_hdGaA)YApQrTxYWj$A6sClNu+nM_wNN_K9}!|d9$3fFEuX^nUw9C09R'
    ),
    2: (
        'c-nQ8`F7hx6vkycY3hMe_I+Oy7DL(+3We6RfdGQEObdu56(f0U31rEiG*04xX$r_`%D(UWgY+DDAs&I5>m~6i^&i%pJ9EGJ-EG#3U0Bmj*|MybNJUdBnWE'
        'sglBm;2MXi#_G!#*|CRCWj%vCbZl9Zu1y>%pxD<fBSY_vjY>xf%ZotDg)>vh~%?=ws|Q~Jt!lnAwV4<>W$;Fz*YId(dedLwQ(TOE{r*H3EF&zOwOf`K`^t'
        'l{tP^+Wo<ii?~b`WtD&corA;u#4l8GhOU<O4_VM1D84zdKE}f!)2Mm<s4VgC7BXR;!597qDcBCz>FPDYciF!`OsGkSIux-Jx%f}GHe72*96-m*L10@403W'
        '}keX|QDZ6MFdblnq2aGbi#d>|90dL^AakGn?6mI6Yh2XqUWVls}2jrgPwr$SUsu8H-cH?{p$DP{wE`_@}?rC??FP^KDE^0yv%mfDeUdMRizAo;kOfSnc(*'
        'fcEyO3p>NAatb(3hz6Z=E1h7^~SiJecDlj#<O8hd2yk!75tVYY_HvJggDs6dvK&zl2AF{i27*`hg@#gaZS~;6RSYIi4^=2T7<%LO5h(svJ*hnZpW4IOd7c'
        'PnxYruHva7Q+dlcw+~O}Sm1cZF64Ojf0Fy0QMEaq*QzflEOH#}S6)PQ92-iG`c4P>Vh+x6+z6f+@mUA)l2Lk@;}xysD7?z?8g)VDi%6t+{X8uV_ePE-j*~'
        'N_vvbs?6IHlI?M)7$yV6teIck(_*=(r}<gn_NUFxA8=%#nQb{Oe)c3tLml%5+jbV&mZ6DqvL@ixJD?Rs4gYZP2?7!T74hNf26A;yF@Im{Un!`0$|7ET>zo'
        '&eJ&nQmx>Y*UYl;%L(tWl~{z3`|=XR+g|jZ5QmK%+cXkBd&UytjQSfj2-VA$?4rCbnTMJ@gB!1!l59suHnpG)<5TP+MvD9@d53NG!-3ucwS=2&X5lZCp`3'
        'w-v-B-9Ge_x`(qxNHvedx-q;vEwhN1k8~B9dQ#zW8xFPY`*wIxoGJI|dWEVE@1;>{ZsD7k8U4XB~jt{z(;p>I!pamAr{o7yk@D0bebQ3*@_%1j}N;SD`7{'
        'A~CVv;Fi^Ymr-fpX)w+W0ZYPaHo}YiHq_#4i_kk&f$4hF{I}{g&hR)A+-lTqGGUY~atc<zbIj$r#3U{Izguz}l|-2lxlvqW'
    ),
    4: (
        'c-nPSU5nE|6iu2m-RvsrgMuJF@4giLU=bFyxC?y<R9SuSMam?ZHUnuAW~RGlp}0P@x-y{B>+kU|`49BYOqwl%c?fsro_o)^A9Lyd?D>xQ7O=0vif}Tcl5$'
        'Y@sxq&qoTPn0IU_l{Ad-~@sNPu8LX;fV7;(2n6-9q5I(*&QYf!ga)Hs!OMFpsxaa@lJglK<nl9xn2c??T9g~(fi>K5}^Rm1TOEAH|I{s!=60m_qP3d+wYN'
        'kK@&tFDklQc!zInddaoDv@CC6;COr=?P0DavYqZ+TfhBX(l1_x0R2RlGA=ulnUN%s>^Ohoyc85cI$Yjm2kBHL+Zzj2%RW<sBy~%H5eeWMa@xfIL0=Rlt=>'
        'EeN>?wz}wy#<wCbJa)l7F>dJGL&?eum>as#UI<)Puxqa8^IGeohA$vwvT0~jqo1pAy3*K>Cu<9k{tjg(!Hhb7y96q%S?(#o1W+b1qQFcfhRW_#MJa5r~NJ'
        'vijKlp~@z!K=sH*>U;qq9oZZ5N%$Gu^(H9>nv>gxZ{46}+@3Ga4(v*P=CC?N+*@0>>!f$}WZ{sDy8@AGuNIy9y?}yr2ahy&p&&*An*-EBJ#4!a1pNDdRcI'
        'CDZE@YQMc+BZ|bP4BWNc%t>slHMU|j`fPlh6jST77W%NH$Ti*oH#*j(i0gr@VK}f&afZKsTVrKXnP&poI~An#O!KHaTW`o*p~&FGI`Ij4Nj0|;eZej;^nv'
        'o<Xk%?wVhNuh>W-8bvnhNH8&YSWJXTC#_^~0M_x}Rx{CRH'
    ),
    5: (
        'c-nPS&1=*^6i+rE+iex~pdg6n_OjpyMJVWE3q1s?R1aQcnIyBDfou|HCaqa0*27jS11kIU-|=7a>_y+qWYa}3hcNTr@4eseeaw0A{kP|s?+muppdy^isH7'
        'a!ovO^6DJSVrP|irs=0vix0M#E$T8NUv5+iPRsG=CIMGszf=Ow6{9crA)rlJDW#yD=q1wypHKgmlXA3cNx97E(SKm|oTs~Xt9X2qR9!`}!#oq_TsnS$~&N'
        '>UIK@hT9KND68zDf65rS|t)}z2GV3G(BL6M2?+fR2!aBHq9ht{<`vUQgS+Mi&Ek1Rdw0*s28~xklond=p<a8fg$x{Mubk3-PgE9iyDm(*`aFGI~ZddNJ=D'
        'u>@KQM4xqJvLb=fGj9ei^tO9w;658h5Q~@jGgI(JWo7;Dtp0mpP7P2SgLW?NNd=-@Kt-*V42Uh*0oK-n}*JU5HhTX@O!Cm~P#*E~XF3JvRrOL+ioTnW+6b'
        'Z=*{|Dc4>{tT*`DTuGa&%V7rt6{;d8XS}(!;o(OsLHnsPMVHnbBAQz80<FYO~TE6*xu-mv%8cK_z^F?Z}OKUsX8a<(w9H^}Zo>+(_I*tl$q`2<N1MA3dwk'
        'A+g@7Tu(%8#5Kz$(<{}QmRSAK(MMANC&d)UR<BOz!zv=zctc#`SgWtEX0U|AQOk1p^Orqbm{jIvK=ww3DLpaNx7MDGF`<U=z&i2Ocu7^8<|<#XIfmX-{ws'
        'Z0nk`ts2Z(|r<;83Yp9d|eGg2NaCUE$^C9j8n0r}2xyZ'
    ),
}  # fmt: skip


@pytest.mark.parametrize("protocol", BEFORE)
@pytest.mark.parametrize("weights_only", [True, False])
def test_files_of_before_are_read(protocol, weights_only):
    data = zlib.decompress(base64.b85decode(BEFORE[protocol]))
    back = polygrad.load(io.BytesIO(data + data), weights_only=weights_only)
    parameter, state, (x, (again,)) = back.pop("parameter"), back.pop("state"), back.pop("twice")
    assert type(parameter) is polygrad.nn.Parameter and parameter.tolist() == [0, 1, 2] and parameter.tag == "head"
    assert parameter.requires_grad and x is again and x.dtype is polygrad.int16 and x.tolist() == [1, 2]
    assert state["weight"].tolist() == [[1], [2]] and state._metadata[""] == {"version": 1}
    tensors = {name: back.pop(name) for name in ("bool", "complex", "half", "scalar", "empty", "buffer")}
    assert {name: tensor.tolist() for name, tensor in tensors.items()} == {
        "bool": [True, False], "complex": [1 + 2j], "half": [1.5], "scalar": 2.5, "empty": [], "buffer": [1.0],
    }  # fmt: skip
    assert tensors["scalar"].requires_grad and tensors["buffer"].persistent is False
    assert back.pop("device") == "cpu" and type(back["size"]) is polygrad.Size
    assert back == {
        "set": {1, 2}, "frozen": {3}, "bytes": b"\0\xff", "array": b"ab", "slice": slice(1, None), "range": range(3),
        "number": 2 - 1j, "dtype": polygrad.float64, "size": (2,), 5: None, "big": 2**70, "inf": float("inf"),
    }  # fmt: skip


def test_several_files_of_before_in_one():
    file = io.BytesIO(pickle.dumps(1) + pickle.dumps([2]))
    assert polygrad.load(file) == 1 and polygrad.load(file) == [2]


def test_requires_grad_comes_back_without_graph_and_gradient():
    x = polygrad.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    y, z = there_and_back([x, x * 2])
    assert y.requires_grad and y.is_leaf and y.grad is None
    assert z.requires_grad and z.is_leaf and z.tolist() == [2.0, 2.0]


def test_containers_come_back_as_they_were():
    x = polygrad.ones(2)
    obj = {
        "tensors": (x, [x]), "ordered": OrderedDict(b=1, a=2), "counter": Counter("aab"), "numbers": [1, 2.5, 1j, True, None, "text", b"bytes"],
        "set": {1, 2}, "frozen": frozenset("a"), "slice": slice(1, None), "range": range(1, 9, 2), "array": bytearray(b"a"), "dtype": polygrad.float64, "device": x.device, "size": x.shape,
    }  # fmt: skip
    back = there_and_back(obj)
    assert back["tensors"][0] is back["tensors"][1][0]  # one tensor stays one
    del obj["tensors"], back["tensors"]
    assert type(back["counter"]) is Counter
    assert back == obj and type(back["ordered"]) is OrderedDict and back["dtype"] is polygrad.float64
    assert type(back["size"]) is polygrad.Size and back["device"].type == "cpu"


def test_a_model_and_its_optimizer_go_on_where_they_stopped(tmp_path, backend):
    nn = polygrad.nn

    def made():
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 1))
        return model, polygrad.optim.Adam(model.parameters(), lr=0.1)

    def train(model, optimizer):
        for step in range(2):
            optimizer.zero_grad()
            (model(polygrad.arange(12.0).reshape(4, 3) * (step + 1) / 12) ** 2).mean().backward()
            optimizer.step()

    model, optimizer = made()
    train(model, optimizer)
    polygrad.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}, tmp_path / "checkpoint"
    )
    train(model, optimizer)
    other, resumed = made()
    saved = polygrad.load(tmp_path / "checkpoint")
    other.load_state_dict(saved["model"])
    resumed.load_state_dict(saved["optimizer"])
    train(other, resumed)
    assert saved["epoch"] == 3
    for one, two in zip(model.parameters(), other.parameters(), strict=True):
        assert one.tolist() == two.tolist()


def test_a_parameter_stays_one():
    parameter = polygrad.nn.Parameter(polygrad.ones(2))
    back = there_and_back(parameter)
    assert type(back) is polygrad.nn.Parameter and back.requires_grad


@pytest.mark.backend("strict")
def test_a_file_of_one_backend_is_read_on_another():
    x = polygrad.ones(2, backend="strict")
    assert there_and_back(x).backend.name == "strict"
    assert there_and_back([x], backend="numpy")[0].backend.name == "numpy"
    assert there_and_back(x, map_location="cpu").device == "cpu"


def test_a_backend_that_is_not_there_is_named_with_the_way_out(monkeypatch):
    x = polygrad.ones(2)
    file = io.BytesIO()
    monkeypatch.setattr(type(x.backend), "name", "abacus")
    polygrad.save(x, file)
    monkeypatch.undo()
    file.seek(0)
    with pytest.raises(polygrad.backends.BackendError, match=r"'abacus'.*backend='numpy'"):
        polygrad.load(file)
    file.seek(0)
    assert polygrad.load(file, backend="numpy").tolist() == [1.0, 1.0]


class Harmful:
    """What an attacker would send: to be unpickled, it writes a file."""

    def __init__(self, path=None):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


class Harmless:
    """A class of the user's own."""


def test_a_file_runs_no_program(tmp_path):
    file = tmp_path / "file"
    for harmful in (Harmful(tmp_path / "made"), [polygrad.ones(1), {"a": Harmful(tmp_path / "made")}]):
        polygrad.save(harmful, file)
        with pytest.raises(pickle.UnpicklingError, match=r"mkdir.*add_safe_globals.*weights_only=False"):
            polygrad.load(file)
        assert not (tmp_path / "made").exists()
    polygrad.load(file, weights_only=False)
    assert (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "name",
    [
        "os system",
        "subprocess Popen",
        "builtins eval",
        "builtins getattr",
        "polygrad.serialization get_backend",
        "polygrad.serialization np",
        "polygrad._core.dispatch generate",
        "polygrad._core.tensor Tensor.__init_subclass__",
    ],
)
def test_nothing_reachable_runs_a_program(name):
    module, attribute = name.split()
    with pytest.raises(pickle.UnpicklingError, match="which could run any program"):
        polygrad.load(io.BytesIO(f"c{module}\n{attribute}\n.".encode()))


def test_classes_can_be_trusted_one_by_one():
    with pytest.raises(pickle.UnpicklingError, match="Harmless"):
        there_and_back(Harmless())
    with serialization.safe_globals([Harmless]):
        assert type(there_and_back(Harmless())) is Harmless
        assert serialization.get_safe_globals() == [Harmless]
    serialization.add_safe_globals([Harmless])
    assert type(there_and_back(Harmless())) is Harmless
    serialization.clear_safe_globals()
    with pytest.raises(pickle.UnpicklingError):
        there_and_back(Harmless())


@pytest.mark.parametrize("data", [b"", b"not a pickle", b"PK\x03\x04 a zip file", b"\x80\x04]", b"\x80\x04\x95\xff"])
def test_a_damaged_file_says_so(data):
    with pytest.raises(pickle.UnpicklingError):
        polygrad.load(io.BytesIO(data))


def test_a_file_that_is_cut_off_says_so():
    file = io.BytesIO()
    polygrad.save([polygrad.ones(100), polygrad.ones(3)], file)
    for length in (1, 50, 200, len(file.getvalue()) - 1):
        with pytest.raises(pickle.UnpicklingError):
            polygrad.load(io.BytesIO(file.getvalue()[:length]))


@pytest.mark.parametrize("f", [5, None, polygrad.Tensor, io.StringIO()])
def test_what_is_no_file_of_bytes_is_refused(f):
    with pytest.raises(TypeError, match=r"save: .*open\(path, 'wb'\)"):
        polygrad.save(1, f)
    with pytest.raises(TypeError, match=r"load: .*open\(path, 'rb'\)"):
        polygrad.load(f)


def test_a_compressed_file(tmp_path):
    x = polygrad.arange(1000)
    with gzip.open(tmp_path / "file.gz", "wb") as file:
        polygrad.save([x, x[:3]], file)
    assert os.path.getsize(tmp_path / "file.gz") < 4000
    with gzip.open(tmp_path / "file.gz") as file:
        assert polygrad.load(file)[0].tolist() == list(range(1000))


def test_map_location_is_checked():
    with pytest.raises(TypeError, match="map_location"):
        polygrad.load(io.BytesIO(b""), map_location=0)
    file = io.BytesIO()
    polygrad.save(polygrad.ones(1), file)
    file.seek(0)
    with pytest.raises(ValueError, match="no device 'cuda'"):
        polygrad.load(file, map_location="cuda")


def test_pickle_and_copy_carry_tensors_too(backend):
    import copy

    x = polygrad.arange(6.0).reshape(2, 3).requires_grad_()
    for y in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
        assert y.tolist() == x.tolist() and y.requires_grad and y.is_leaf and y.backend is x.backend
        with polygrad.no_grad():
            y.zero_()
        assert x.detach().any()
    with pytest.raises(RuntimeError, match="leaves"):
        copy.deepcopy(x * 2)


# -- depth -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [list, tuple, dict, "mixed"])
def test_containers_are_saved_at_any_depth(kind):
    wrap = {list: lambda x: [x], tuple: lambda x: (x,), dict: lambda x: {"a": x}, "mixed": lambda x: [({"a": x},)]}[
        kind
    ]
    unwrap = {list: lambda x: x[0], tuple: lambda x: x[0], dict: lambda x: x["a"], "mixed": lambda x: x[0][0]["a"]}[
        kind
    ]
    nested: object = {"weight": polygrad.ones(2), "count": 3}
    for _ in range(20_000):
        nested = wrap(nested)
    file = io.BytesIO()
    polygrad.save(nested, file)
    file.seek(0)
    loaded = polygrad.load(file)
    for _ in range(20_000):
        loaded = unwrap(loaded)
    assert loaded["count"] == 3 and loaded["weight"].tolist() == [1, 1]


def test_what_is_pickled_and_nested_too_deeply_is_told_so():
    nested: object = [NotPlainAtAll()]
    for _ in range(20_000):
        nested = [nested]
    with pytest.raises(ValueError, match="nested too deeply"):
        polygrad.save(nested, io.BytesIO())


class NotPlainAtAll:
    """Something that only pickle can write."""
