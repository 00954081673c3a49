"""How fast the trainer is beside its peers, on this machine, each with its threads pinned.

`python -m tests.benchmarks.trainer [K ...]`: K replicates of an MLP 30-32-32-1, batch 64, 500 Adam
steps, float32. Peers are those that can be imported: `pip install torch==2.13.0 jax scikit-learn`.
Loops over replicates are timed on 8 of them and scaled. Each line runs in a process of its own.
"""

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIZES, ROWS, BATCH, STEPS, RATE, LOOPED = (30, 32, 32, 1), 1000, 64, 500, 1e-3, 8
Clock = dict[str, float]


def timed(work: Callable[[], object], scale: float = 1.0) -> Clock:
    """Run once and return wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall": (time.perf_counter() - wall) * scale,
        "cpu": (time.process_time() - cpu) * scale,
    }


def data(count):
    import numpy as np

    rng = np.random.default_rng(0)
    x = rng.standard_normal((count, ROWS, SIZES[0]), dtype=np.float32)
    return x, (x[..., 0] > 0).astype(np.float32)


def alpgraph_trainer(count: int, threads: int) -> Clock:
    from alpgraph.trainer import Network, binary_log_loss, fit, generators, minibatches

    x, y = data(count)

    def train(steps: int) -> None:
        rngs = generators([(1, i) for i in range(count)])
        net = Network(rngs, SIZES)
        batches = minibatches(rngs, x, y, size=BATCH)
        fit(net, batches, binary_log_loss, steps=steps, points=1, threads=threads)

    train(10)
    return timed(lambda: train(STEPS))


def torch_loop(count: int, threads: int) -> Clock:
    import torch

    torch.set_num_threads(threads)
    looped = min(count, LOOPED)
    x, y = (torch.from_numpy(a) for a in data(looped))

    def train(steps: int) -> None:
        for r in range(looped):
            torch.manual_seed(r)
            net = torch.nn.Sequential(
                torch.nn.Linear(30, 32),
                torch.nn.ReLU(),
                torch.nn.Linear(32, 32),
                torch.nn.ReLU(),
                torch.nn.Linear(32, 1),
            )
            adam = torch.optim.Adam(net.parameters(), RATE)
            for _ in range(steps):
                rows = torch.randint(ROWS, (BATCH,))
                adam.zero_grad()
                out = net(x[r, rows])[:, 0]
                torch.nn.functional.binary_cross_entropy_with_logits(out, y[r, rows]).backward()
                adam.step()

    train(10)
    return timed(lambda: train(STEPS), count / looped)


def torch_batched(count: int, threads: int) -> Clock:
    import torch

    torch.set_num_threads(threads)
    x, y = (torch.from_numpy(a) for a in data(count))
    each = torch.arange(count)[:, None]

    def train(steps: int) -> None:
        shapes = list(pairwise(SIZES))
        weights = [torch.randn(count, a, b) * (2 / a) ** 0.5 for a, b in shapes]
        params = [p.requires_grad_() for p in weights]
        params += [torch.zeros(count, 1, b, requires_grad=True) for _, b in shapes]
        adam = torch.optim.Adam(params, RATE)
        for _ in range(steps):
            rows = torch.randint(ROWS, (count, BATCH))
            adam.zero_grad()
            h = x[each, rows]
            h = torch.relu(torch.baddbmm(params[3], h, params[0]))
            h = torch.relu(torch.baddbmm(params[4], h, params[1]))
            out = torch.baddbmm(params[5], h, params[2])[..., 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                out, y[each, rows], reduction="sum"
            )
            (loss / BATCH).backward()
            adam.step()

    train(10)
    return timed(lambda: train(STEPS))


def jax_compiled(count: int, threads: int, *, compiling: bool = False) -> Clock:
    import jax
    import jax.numpy as jnp

    x, y = (jnp.asarray(a) for a in data(count))

    def loss(params, x, y):
        (w0, b0), (w1, b1), (w2, b2) = params
        z = (jax.nn.relu(jax.nn.relu(x @ w0 + b0) @ w1 + b1) @ w2 + b2)[:, 0]
        return jnp.mean(jax.nn.softplus(z) - z * y)

    def one(key, x, y):
        keys = jax.random.split(key, 4)
        shapes = zip(keys, SIZES, SIZES[1:], strict=False)
        params = [
            (jax.random.normal(k, (a, b)) * (2 / a) ** 0.5, jnp.zeros(b)) for k, a, b in shapes
        ]
        zeros = jax.tree.map(jnp.zeros_like, params)

        def step(state, now):
            params, m, v, t = state
            key, t = now, t + 1
            rows = jax.random.randint(key, (BATCH,), 0, ROWS)
            g = jax.grad(loss)(params, x[rows], y[rows])
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            scale = RATE * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            move = lambda p, m, v: p - scale * m / (jnp.sqrt(v) + 1e-8)  # noqa: E731
            return (jax.tree.map(move, params, m, v), m, v, t), None

        start = (params, zeros, zeros, 0.0)
        return jax.lax.scan(step, start, jax.random.split(keys[3], STEPS))[0][0]

    train = jax.jit(jax.vmap(one))
    keys = jax.random.split(jax.random.key(0), count)
    work = lambda: jax.block_until_ready(train(keys, x, y))  # noqa: E731
    first = timed(work)
    return first if compiling else timed(work)


def jax_with_compilation(count: int, threads: int) -> Clock:
    return jax_compiled(count, threads, compiling=True)


def sklearn_loop(count: int, threads: int) -> Clock:
    from sklearn.neural_network import MLPClassifier

    looped = min(count, LOOPED)
    x, y = data(looped)
    epochs = STEPS // -(-ROWS // BATCH)  # 16 batches each: 496 steps

    def train() -> None:
        for r in range(looped):
            MLPClassifier(
                SIZES[1:-1], batch_size=BATCH, max_iter=epochs, tol=0, n_iter_no_change=10**6
            ).fit(x[r], y[r])

    warnings.simplefilter("ignore")
    return timed(train, count / looped)


PEERS: dict[str, tuple[str, Callable[[int, int], Clock]]] = {
    "alpgraph": ("numpy", alpgraph_trainer),
    "PyTorch loop": ("torch", torch_loop),
    "PyTorch batched": ("torch", torch_batched),
    "JAX compiled": ("jax", jax_compiled),
    "JAX with compilation": ("jax", jax_with_compilation),
    "scikit-learn loop": ("sklearn", sklearn_loop),
}


def in_process(name: str, count: int, threads: int) -> Clock:
    """Time a peer in a process of its own, on as many cores as it may have threads."""
    pinned = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    env = os.environ | {variable: str(threads) for variable in pinned}
    if name == "alpgraph":
        env["OPENBLAS_NUM_THREADS"] = "1"
    command = [sys.executable, "-m", "tests.benchmarks.trainer", "--one", name]
    done = subprocess.run(
        [*command, str(count), str(threads)], cwd=ROOT, env=env, capture_output=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def measure(counts: tuple[int, ...] = (1, 64, 256)) -> list[dict]:
    """Time every peer there is; the best of three runs of those that take under ten seconds.

    Loops over replicates get one thread: more only make such small work slower.
    """
    rows = []
    for count in counts:
        for name, (module, _) in PEERS.items():
            for threads in (1,) if "loop" in name else (1, 2):
                if find_spec(module) is None:
                    continue
                best = in_process(name, count, threads)
                if best["wall"] < 10:
                    more = [in_process(name, count, threads) for _ in range(2)]
                    best = min([best, *more], key=lambda clock: clock["wall"])
                rows.append({"K": count, "threads": threads, "name": name, **best})
    return rows


def pressure() -> str:
    """What share of the last minute some process waited for a core, where Linux tells it."""
    path = Path("/proc/pressure/cpu")
    return path.read_text().split()[2].removeprefix("avg60=") if path.is_file() else "unknown"


def main(arguments: list[str]) -> None:
    """Print seconds, and each peer's seconds divided by ours on one and on two threads."""
    if arguments[:1] == ["--one"]:
        name, count, threads = arguments[1], int(arguments[2]), int(arguments[3])
        if threads < (os.cpu_count() or 1) and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, set(list(os.sched_getaffinity(0))[:threads]))
        print(json.dumps(PEERS[name][1](count, threads)))
        return
    print(f"waiting for a core before: {pressure()} % (figures above 50 % mean nothing)")
    rows = measure(tuple(int(a) for a in arguments) or (1, 64, 256))
    ours = {(r["K"], r["threads"]): r for r in rows if r["name"] == "alpgraph"}
    print(f"{'':4} {'':7}  {'':20} {'seconds':>17}  {'/ ours, 1 thread':>17} {'/ ours, 2':>17}")
    print(f"{'K':>4} {'threads':>7}  {'':20}" + f" {'wall':>8} {'CPU':>8} " * 3)
    for r in rows:
        ratios = "".join(
            f" {r['wall'] / base['wall']:7.2f}x {r['cpu'] / base['cpu']:7.2f}x"
            for base in (ours[r["K"], 1], ours[r["K"], 2])
        )
        clocks = f"{r['wall']:8.3f} {r['cpu']:8.3f}"
        print(f"{r['K']:>4} {r['threads']:>7}  {r['name']:20} {clocks} {ratios}")
    print(f"waiting for a core after: {pressure()} %")


if __name__ == "__main__":
    main(sys.argv[1:])
