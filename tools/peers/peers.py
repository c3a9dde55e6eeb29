#!/usr/bin/env python3
"""Counting with propneu beside the forward pass alone in torch and ONNX Runtime.

    tools/peers/peers.py [--propneu build/propneu] [--seconds 7.2,15] [--rounds 5]

A HuBERT of base size with random weights is made in a temporary folder, and recordings of the
lengths asked for, two minutes in all.  In turn: propneu counts them, as a whole command with two
threads, start-up included; two processes of a peer with one thread each run the same model on as
much audio, without their start-up.  Printed are seconds per second of audio, medians over the
rounds, and the ratio within each round, which is what holds on a machine that others use too.

Needs torch and transformers, and onnx, onnxscript and onnxruntime for the second peer; a peer that
is not installed is left out.  Not part of the tests.
"""
import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
import wave

RATE = 16000
WORKERS = 2


def has(*modules):
    return all(importlib.util.find_spec(m) for m in modules)


def write_recording(path, seconds, seed):
    import numpy
    noise = numpy.random.default_rng(seed).normal(0, 0.05, int(seconds * RATE))
    with wave.open(path, "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(RATE)
        f.writeframes((noise.clip(-1, 1) * 32767).astype("<i2").tobytes())


def write_labels(path, seconds):
    with open(path, "w") as f:
        f.write('File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
                f"0\n{seconds}\n<exists>\n1\n\"IntervalTier\"\n\"phones\"\n0\n{seconds}\n2\n"
                f'0\n{seconds / 2}\n"AA"\n{seconds / 2}\n{seconds}\n"S"\n')


def make_model(folder):
    import torch
    from transformers import HubertConfig, HubertModel
    torch.manual_seed(1)
    model = HubertModel(HubertConfig()).eval()
    model.save_pretrained(folder)
    return model


class TorchPeer:
    name = "torch"

    def __init__(self, folder, seconds):
        import torch
        from transformers import HubertModel
        torch.set_num_threads(1)
        self.torch = torch
        self.model = HubertModel.from_pretrained(folder, attn_implementation="sdpa").eval()
        self.samples = torch.randn(1, int(seconds * RATE)) * 0.05

    def run(self):
        with self.torch.inference_mode():
            self.model(self.samples)


class OnnxPeer:
    name = "onnxruntime"

    def __init__(self, folder, seconds):
        import numpy
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.path.join(folder, "model.onnx"), options,
                                                    providers=["CPUExecutionProvider"])
        samples = numpy.random.default_rng(1).normal(0, 0.05, (1, int(seconds * RATE)))
        self.samples = samples.astype("float32")

    def run(self):
        self.session.run(None, {"samples": self.samples})


PEERS = {p.name: p for p in (TorchPeer, OnnxPeer)}


def export_onnx(model, folder):
    import torch
    model.set_attn_implementation("eager")
    torch.onnx.export(model, (torch.randn(1, 4 * RATE),), os.path.join(folder, "model.onnx"),
                      input_names=["samples"], output_names=["hidden"], dynamo=False,
                      dynamic_axes={"samples": {1: "n"}, "hidden": {1: "t"}})


def work(args):
    """One process of a peer: ready, then as many passes as each line of its input says."""
    peer = PEERS[args.work](args.folder, args.length)
    peer.run()
    print("ready", flush=True)
    for line in sys.stdin:
        for _ in range(int(line)):
            peer.run()
        print("done", flush=True)


class Pair:
    """WORKERS processes of one peer, which run at the same time."""

    def __init__(self, name, folder, seconds):
        command = [sys.executable, os.path.abspath(__file__), "--work", name, "--folder", folder,
                   "--length", str(seconds)]
        environment = dict(os.environ, OMP_NUM_THREADS="1", HF_HUB_OFFLINE="1")
        self.processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL, text=True, env=environment)
                          for _ in range(WORKERS)]
        if any(p.stdout.readline() != "ready\n" for p in self.processes):
            self.close()
            raise RuntimeError(f"{name} does not run")

    def time(self, passes):
        start = time.monotonic()
        for p in self.processes:
            p.stdin.write(f"{passes}\n")
            p.stdin.flush()
        for p in self.processes:
            p.stdout.readline()
        return time.monotonic() - start

    def close(self):
        for p in self.processes:
            p.stdin.close()
            p.wait()


def time_propneu(program, model, corpus, out):
    command = [program, "count", "-q", "-j", str(WORKERS), "-m", model, "-a", corpus, "-l", corpus,
               "--no-resume", "-o", out]
    if os.path.exists(out):
        os.remove(out)
    start = time.monotonic()
    subprocess.run(command, check=True)
    return time.monotonic() - start


def measure(args, folder, model, peers, seconds):
    corpus = os.path.join(folder, f"corpus-{seconds}")
    passes = max(2, int(60 / seconds))
    os.mkdir(corpus)
    for i in range(WORKERS * passes):
        write_recording(os.path.join(corpus, f"{i:03}.wav"), seconds, i)
        write_labels(os.path.join(corpus, f"{i:03}.TextGrid"), seconds)
    audio = WORKERS * passes * seconds
    pairs = {name: Pair(name, model, seconds) for name in peers}
    took = {name: [] for name in ["propneu", *peers]}
    for _ in range(args.rounds):
        took["propneu"].append(time_propneu(args.propneu, model, corpus,
                                            os.path.join(folder, "out.counts")) / audio)
        for name in peers:
            took[name].append(pairs[name].time(passes) / audio)
    for pair in pairs.values():
        pair.close()
    own = took["propneu"]
    print(f"{seconds} s recordings, {args.rounds} rounds")
    print(f"  propneu      {statistics.median(own):.4f} s a second of audio")
    for name in peers:
        ratios = [a / b for a, b in zip(own, took[name])]
        print(f"  {name:12} {statistics.median(took[name]):.4f}, propneu takes "
              f"{statistics.median(ratios):.2f} of it ({min(ratios):.2f} to {max(ratios):.2f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--propneu", default="build/propneu")
    parser.add_argument("--seconds", default="7.2,15", help="lengths of recordings")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--length", type=float, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        return work(args)
    if not has("torch", "transformers"):
        sys.exit("peers.py: torch and transformers are not installed")
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "hubert")
        peers = ["torch"]
        made = make_model(model)
        if has("onnx", "onnxscript", "onnxruntime"):
            export_onnx(made, model)
            peers.append("onnxruntime")
        del made
        for seconds in args.seconds.split(","):
            measure(args, folder, model, peers, float(seconds))


if __name__ == "__main__":
    main()
