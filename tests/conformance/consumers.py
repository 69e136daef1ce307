"""Functions of SciPy and scikit-learn on tensors: ``python tests/conformance/consumers.py`` prints a table in Markdown.

A function passes where its result on a tensor that requires grad is a tensor with a gradient, equal to finite differences.  Others
are listed with the error that they raise.  A result without a gradient is a fault, and the exit status is then 1.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

os.environ["SCIPY_ARRAY_API"] = "1"

import numpy as np
import scipy.cluster.vq
import scipy.fft
import scipy.integrate
import scipy.linalg
import scipy.ndimage
import scipy.optimize.elementwise
import scipy.signal
import scipy.spatial.transform
import scipy.special
import scipy.stats
import sklearn
import sklearn.decomposition
import sklearn.discriminant_analysis
import sklearn.linear_model
import sklearn.metrics
import sklearn.metrics.pairwise
import sklearn.preprocessing

import polygrad

xp = polygrad.array_api

#: Positive numbers, none of them equal, as a matrix and in part as vectors.
DATA = np.random.default_rng(0).uniform(0.2, 2.0, (4, 3))


def root(a: Any) -> Any:
    """The square roots of ``a``, by a search for the roots of a polynomial."""
    return scipy.optimize.elementwise.find_root(lambda x, a: x * x - a, (0.0 * a, 2.0 + a), args=(a,)).x


def predictions(model: Any, x: Any) -> Any:
    """What ``model``, fitted to ``x``, says of it."""
    return model.fit(x, x[:, 0] * 2.0).predict(x)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{f"special.{name}": getattr(scipy.special, name) for name in (
        "logsumexp", "softmax", "log_softmax", "erf", "erfc", "gammaln", "digamma", "entr", "ndtr", "log_ndtr", "expit",
        "i0", "i1e", "sinc", "exp1",
    ) if hasattr(scipy.special, name)},
    "special.logit": lambda x: scipy.special.logit(x / 3),
    "special.xlogy": lambda x: scipy.special.xlogy(x, x + 1),
    "special.rel_entr": lambda x: scipy.special.rel_entr(x, x + 1),
    "special.stdtr": lambda x: scipy.special.stdtr(3.0, x),
    "stats.zscore": scipy.stats.zscore, "stats.skew": scipy.stats.skew, "stats.kurtosis": scipy.stats.kurtosis,
    "stats.gmean": scipy.stats.gmean, "stats.hmean": scipy.stats.hmean, "stats.pmean": lambda x: scipy.stats.pmean(x, 2),
    "stats.variation": scipy.stats.variation, "stats.moment": lambda x: scipy.stats.moment(x, 3), "stats.sem": scipy.stats.sem,
    "stats.iqr": scipy.stats.iqr, "stats.entropy": scipy.stats.entropy, "stats.gstd": scipy.stats.gstd,
    "stats.describe": lambda x: scipy.stats.describe(x).variance, "stats.tmean": lambda x: scipy.stats.tmean(x[:, 0]),
    "stats.tvar": lambda x: scipy.stats.tvar(x[:, 0]), "stats.circmean": scipy.stats.circmean,
    "stats.directional_stats": lambda x: scipy.stats.directional_stats(x).mean_direction,
    "stats.pearsonr": lambda x: scipy.stats.pearsonr(x[:, 0], x[:, 1]).statistic,
    "stats.ttest_1samp": lambda x: scipy.stats.ttest_1samp(x, 0.5).statistic,
    "stats.ttest_ind": lambda x: scipy.stats.ttest_ind(x[:, 0], x[:, 1]).statistic,
    "stats.chisquare": lambda x: scipy.stats.chisquare(x / xp.sum(x, axis=0) * 4.0).statistic,
    "stats.bartlett": lambda x: scipy.stats.bartlett(x[:, 0], x[:, 1]).statistic,
    "stats.jarque_bera": lambda x: scipy.stats.jarque_bera(x[:, 0]).statistic,
    "stats.quantile": lambda x: scipy.stats.quantile(x, 0.3),
    "linalg.inv": lambda x: scipy.linalg.inv(x[:3]), "linalg.det": lambda x: scipy.linalg.det(x[:3]),
    "linalg.svd": lambda x: scipy.linalg.svd(x)[1],
    "signal.detrend": scipy.signal.detrend, "signal.fftconvolve": lambda x: scipy.signal.fftconvolve(x, x),
    "signal.oaconvolve": lambda x: scipy.signal.oaconvolve(x, x), "signal.hilbert": lambda x: xp.abs(scipy.signal.hilbert(x)),
    "signal.resample": lambda x: scipy.signal.resample(x, 6), "signal.correlate": lambda x: scipy.signal.correlate(x, x, method="fft"),
    "signal.czt": lambda x: xp.abs(scipy.signal.czt(x)), "signal.envelope": lambda x: scipy.signal.envelope(x, (1, 2)),
    "fft.fft": lambda x: xp.abs(scipy.fft.fft(x)), "fft.rfft2": lambda x: xp.abs(scipy.fft.rfft2(x)),
    "fft.irfft": scipy.fft.irfft, "fft.hfft": scipy.fft.hfft, "fft.fftshift": scipy.fft.fftshift, "fft.dct": scipy.fft.dct,
    "integrate.trapezoid": scipy.integrate.trapezoid, "integrate.cumulative_trapezoid": scipy.integrate.cumulative_trapezoid,
    "integrate.simpson": scipy.integrate.simpson,
    "integrate.tanhsinh": lambda x: scipy.integrate.tanhsinh(lambda t, a: xp.exp(-a * t), 0.0 * x, x, args=(x,)).integral,
    "cluster.vq.whiten": scipy.cluster.vq.whiten, "ndimage.gaussian_filter": lambda x: scipy.ndimage.gaussian_filter(x, 1.0),
    "spatial.Rotation": lambda x: scipy.spatial.transform.Rotation.from_rotvec(x).as_matrix(),
    "optimize.elementwise.find_root": root,
    "sklearn r2_score": lambda x: sklearn.metrics.r2_score(x[:, 0], x[:, 1]),
    "sklearn mean_squared_error": lambda x: sklearn.metrics.mean_squared_error(x[:, 0], x[:, 1]),
    "sklearn mean_absolute_error": lambda x: sklearn.metrics.mean_absolute_error(x[:, 0], x[:, 1]),
    "sklearn mean_tweedie_deviance": lambda x: sklearn.metrics.mean_tweedie_deviance(x[:, 0], x[:, 1], power=1.5),
    "sklearn cosine_similarity": lambda x: sklearn.metrics.pairwise.cosine_similarity(x),
    "sklearn euclidean_distances": lambda x: sklearn.metrics.pairwise.euclidean_distances(x, x + 1.0),
    "sklearn rbf_kernel": lambda x: sklearn.metrics.pairwise.rbf_kernel(x, x + 1.0),
    "sklearn polynomial_kernel": sklearn.metrics.pairwise.polynomial_kernel,
    "sklearn MinMaxScaler": lambda x: sklearn.preprocessing.MinMaxScaler().fit_transform(x),
    "sklearn MaxAbsScaler": lambda x: sklearn.preprocessing.MaxAbsScaler().fit_transform(x),
    "sklearn StandardScaler": lambda x: sklearn.preprocessing.StandardScaler().fit_transform(x),
    "sklearn Normalizer": lambda x: sklearn.preprocessing.Normalizer().fit_transform(x),
    "sklearn PCA": lambda x: xp.abs(sklearn.decomposition.PCA(2, svd_solver="full").fit_transform(x)),
    "sklearn Ridge": lambda x: predictions(sklearn.linear_model.Ridge(solver="svd"), x),
}  # fmt: skip


#: Why a gradient is not what finite differences give.
KNOWN = {"sklearn StandardScaler": "NaN: scikit-learn divides 0 by 0 and writes over it, and 0 times NaN comes back"}


def total(result: Any) -> Any:
    """One number of a result: each element counts differently."""
    flat = xp.reshape(result, (-1,))
    return xp.sum(flat * xp.asarray(np.cos(np.arange(flat.shape[0])), dtype=flat.dtype))


def verdict(function: Callable[[Any], Any]) -> str:
    """``"gradient"``, or what is wrong."""
    x = polygrad.tensor(DATA, requires_grad=True)
    try:
        result = function(x)
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0][:100]
    if isinstance(result, float):
        return "a Python number, as is documented there"
    if not isinstance(result, polygrad.Tensor) or not result.requires_grad:
        return "DETACHED"
    (gradient,) = polygrad.autograd.grad(total(result), x)
    for place in ((0, 0), (1, 1), (3, 2)):
        ends = []
        for step in (1e-6, -1e-6):
            data = DATA.copy()
            data[place] += step
            ends.append(float(total(function(polygrad.tensor(data)))))
        expected = (ends[0] - ends[1]) / 2e-6
        if not np.isclose(float(gradient[place]), expected, rtol=1e-4, atol=1e-5):
            return f"WRONG: {float(gradient[place])} and not {expected}"
    return "gradient"


def main() -> int:
    """Print the table.  Returns 1 where a gradient is wrong or was lost."""
    warnings.simplefilter("ignore")
    sklearn.set_config(array_api_dispatch=True)
    found = {name: verdict(function) for name, function in FUNCTIONS.items()}
    found.update({name: reason for name, reason in KNOWN.items() if found[name] != "gradient"})
    passed = sum(result == "gradient" for result in found.values())
    print(f"{passed} of {len(found)} functions have their gradient.\n\n| function | result |\n|---|---|")
    for name, result in found.items():
        print(f"| `{name}` | {result} |")
    return int(any(result.startswith(("DETACHED", "WRONG")) for result in found.values()))


if __name__ == "__main__":
    sys.exit(main())
