"""Five training steps of small models: every input, pooling and output, and every optimiser."""

from dataclasses import dataclass, replace

import torch

from .arrays import Random, encode, encode_all
from .characters import Characters
from .decoder import Decoder, has_modules, write_all_by_modules
from .network import Batch, Input, Network, activate, forward, loss_sum, shown
from .recurrence import Parameters, Stack
from .training import Optimizer, StepRecord, train

STEPS = 5
STABLE = 3e-6  # how far float32 may be from float64 after any step
LOOP_AND_MODULES = 1e-12  # how far apart float64 may put a decoder's loop and PyTorch's own parts
ADAM = Optimizer("adam", learning_rate=0.01)


@dataclass(frozen=True)
class Case:
    name: str
    network: Network
    optimizer: Optimizer = ADAM
    clip_norm: float = 0.0
    uncounted: bool = False  # some targets are -1
    lengths: tuple[tuple[int, ...], ...] = ((4, 2, 5), (1, 3, 3), (5, 5, 2), (2, 4, 1), (3, 1, 4))
    target_lengths: tuple[tuple[int, ...], ...] = ()  # with a decoder


def tokens(embedding: int = 4, window: int = 0, vocabulary: int = 9) -> Input:
    return Input("tokens", vocabulary, embedding, window)


def model_cases() -> list[Case]:
    width = tokens().features
    tagger = Network(tokens(), Stack("lstm", width, 4, bidirectional=True), "none", "classes", 4)
    classifier = Network(tokens(), Stack("gru", width, 5), "last", "classes", 3)
    pooled = Stack("gru", width, 3, bidirectional=True)
    chords = Input("multihot", 6, 4)
    return [
        Case("tagger", tagger),
        Case("tagger, clipped", tagger, clip_norm=0.1),
        Case("tagger, some steps not counted", tagger, uncounted=True),
        Case("tagger, two layers", replace(tagger, stack=replace(tagger.stack, hidden=3, layers=2))),
        Case(
            "tagger, window of one",
            Network(tokens(3, 1), Stack("gru", 9, 4, reset="before"), "none", "classes", 4),
        ),
        Case("tagger, window of three", Network(tokens(2, 3), Stack("rnn", 14, 4), "none", "classes", 4)),
        Case("classifier", classifier),
        Case("classifier, clipped", classifier, clip_norm=0.05),
        Case(
            "classifier, two layers, both directions",
            replace(classifier, stack=Stack("lstm", width, 3, layers=2, bidirectional=True)),
        ),
        Case("classifier, mean", Network(tokens(), pooled, "mean", "classes", 3)),
        Case("classifier, max", Network(tokens(), pooled, "max", "classes", 3)),
        Case("classifier, attention", Network(tokens(), pooled, "attention", "classes", 3)),
        Case(
            "features to labels",
            Network(Input("features", 3), Stack("lstm", 3, 4), "attention", "multihot", 3),
        ),
        Case("features to values", Network(Input("features", 3), Stack("lstm", 3, 4), "last", "values", 2)),
        Case(
            "features to values at each step, clipped",
            Network(
                Input("features", 2), Stack("rnn", 2, 5, layers=2, activation="relu"), "none", "values", 2
            ),
            clip_norm=0.2,
        ),
        Case(
            "multihot to multihot at each step",
            Network(chords, Stack("rnn", chords.features, 4, activation="sigmoid"), "none", "multihot", 6),
        ),
        Case(
            "multihot without embedding",
            Network(Input("multihot", 5), Stack("gru", 5, 4, bidirectional=True), "none", "classes", 3),
        ),
    ]


def ctc_cases() -> list[Case]:
    width = tokens().features
    lengths = ((9, 4, 6, 1), (5, 8, 3, 7), (10, 2, 2, 6), (4, 4, 7, 5), (3, 12, 1, 8))
    pair = Network(tokens(), Stack("lstm", width, 4, bidirectional=True), "none", "classes", 3, ctc=True)
    features = Network(Input("features", 3), Stack("gru", 3, 6), "none", "classes", 12, ctc=True)
    return [
        Case("two labels, so that many are repeated", pair, lengths=lengths),
        Case("targets that cannot be aligned among others", pair, lengths=lengths, uncounted=True),
        Case("features to eleven labels, clipped", features, clip_norm=0.2, lengths=lengths),
    ]


def character_cases() -> list[Case]:
    words = replace(tokens(3), characters=Characters(6, 3, 2))
    wide = replace(words, window=1)
    return [
        Case(
            "tagger",
            Network(words, Stack("lstm", words.features, 4, bidirectional=True), "none", "classes", 4),
        ),
        Case(
            "tagger, window of one, clipped",
            Network(wide, Stack("gru", wide.features, 4), "none", "classes", 4),
            clip_norm=0.1,
        ),
        Case(
            "classifier, sgd with momentum",
            Network(words, Stack("rnn", words.features, 4, bidirectional=True), "mean", "classes", 3),
            Optimizer("sgd", 0.1, momentum=0.9),
        ),
    ]


def optimizer_cases() -> list[Case]:
    network = Network(tokens(3), Stack("rnn", 3, 4, bidirectional=True), "mean", "classes", 3)
    optimizers = {
        "sgd": Optimizer("sgd", 0.2),
        "sgd, weight decay": Optimizer("sgd", 0.2, weight_decay=0.05),
        "sgd, momentum": Optimizer("sgd", 0.1, momentum=0.9),
        "sgd, nesterov": Optimizer("sgd", 0.1, momentum=0.9, nesterov=True),
        "sgd, clipped": Optimizer("sgd", 0.2),
        "rmsprop": Optimizer("rmsprop", 0.01, decay=0.95),
        "rmsprop, momentum": Optimizer("rmsprop", 0.01, decay=0.95, momentum=0.9),
        "adam": ADAM,
        "adam, weight decay": replace(ADAM, weight_decay=0.05),
        "adam, other moments": replace(ADAM, beta1=0.8, beta2=0.99, epsilon=1e-3),
        "adamw": replace(ADAM, kind="adamw", weight_decay=0.1),
    }
    return [
        Case(name, network, optimizer, clip_norm=0.1 if name.endswith("clipped") else 0.0)
        for name, optimizer in optimizers.items()
    ]


def random_parameters(network: Network, random: Random) -> Parameters:
    scale = 0.8 / network.stack.hidden**0.5
    return {
        name: random.normal(*shape, scale=0.5 if name.endswith("embedding.weight") else scale)
        for name, shape in network.shapes().items()
    }


def spell(batch: Batch, characters: Characters, random: Random) -> None:
    """A few words, so that they come more than once; one of them has no characters."""
    lengths = [3, 0, 1, 5, 2]
    batch.spelling = [random.integers(1, characters.size, length).tolist() for length in lengths]
    batch.words = [random.integers(0, len(lengths), length).tolist() for length in batch.lengths]


def random_batch(case: Case, index: int, random: Random) -> Batch:
    network = case.network
    lengths = list(case.lengths[index])
    batch = Batch(lengths)
    if network.input.kind == "tokens":
        # Ids from 1: row 0 is read by windows alone.
        batch.tokens = [random.integers(1, network.input.size, length).tolist() for length in lengths]
        if network.input.characters:
            spell(batch, network.input.characters, random)
    elif network.input.kind == "features":
        batch.features = random.normal(sum(lengths), network.input.size)
    else:
        hot = random.integers(0, 2, sum(lengths), network.input.size)
        steps = [torch.nonzero(row).flatten().tolist() for row in hot]
        batch.active = [[steps.pop(0) for _ in range(length)] for length in lengths]
    if network.decoder:
        batch.target_lengths = list(case.target_lengths[index])
        steps = sum(batch.target_lengths)
        if network.output == "values":
            batch.values = random.normal(steps, network.outputs)
        else:
            # Not 0: the boundary stands in no target.
            batch.classes = random.integers(1, network.outputs, steps).tolist()
        return batch
    if network.ctc:
        # Half as many labels as steps always fit; as many steps and one more often do not.
        most = [length + 1 if case.uncounted else (length + 1) // 2 for length in lengths]
        batch.target_lengths = [int(random.integers(0, bound + 1, 1)) for bound in most]
        batch.classes = random.integers(1, network.outputs, sum(batch.target_lengths)).tolist()
        return batch
    results = sum(lengths) if network.pooling == "none" else len(lengths)
    if network.output == "classes":
        low = -1 if case.uncounted else 0
        batch.classes = random.integers(low, network.outputs, results).tolist()
    elif network.output == "multihot":
        batch.values = random.integers(0, 2, results, network.outputs).double()
    else:
        batch.values = random.normal(results, network.outputs)
    return batch


def describe_network(network: Network) -> dict[str, object]:
    """The options of the engine's own network."""
    stack, source = network.stack, network.input
    spelled = source.characters
    sizes = spelled and {
        "vocabulary": spelled.size,
        "embedding": spelled.embedding,
        "hidden": spelled.hidden,
    }
    inputs = {
        "tokens": {
            "vocabulary": source.size,
            "embedding": source.embedding,
            "window": source.window,
            **({"characters": sizes} if sizes else {}),
        },
        "features": {"size": source.size},
        "multihot": {"size": source.size, "embedding": source.embedding},
    }
    return {
        "cell": stack.cell,
        "activation": stack.activation,
        "resetAfter": stack.reset == "after",
        "hidden": stack.hidden,
        "layers": stack.layers,
        "bidirectional": stack.bidirectional,
        "input": {"kind": source.kind, **inputs[source.kind]},
        "pooling": network.pooling,
        "output": {"kind": network.output, "size": network.outputs},
        **({"ctc": True} if network.ctc else {}),
        **({"decoder": describe_decoder(network.decoder)} if network.decoder else {}),
    }


def describe_decoder(decoder: Decoder) -> dict[str, object]:
    stack = decoder.stack
    return {
        "cell": stack.cell,
        "activation": stack.activation,
        "resetAfter": stack.reset == "after",
        "hidden": stack.hidden,
        "layers": stack.layers,
        "embedding": decoder.embedding,
        "attention": decoder.attention,
    }


def describe_optimizer(optimizer: Optimizer) -> dict[str, object]:
    return {
        "kind": optimizer.kind,
        "momentum": optimizer.momentum,
        "nesterov": optimizer.nesterov,
        "decay": optimizer.decay,
        "beta1": optimizer.beta1,
        "beta2": optimizer.beta2,
        "epsilon": optimizer.epsilon,
        "weightDecay": optimizer.weight_decay,
    }


def describe_batch(batch: Batch) -> dict[str, object]:
    entry: dict[str, object] = {"lengths": batch.lengths}
    if batch.tokens:
        entry["tokens"] = [token for sequence in batch.tokens for token in sequence]
    if batch.words:
        entry["characters"] = [character for word in batch.spelling for character in word]
        entry["characterCounts"] = [len(word) for word in batch.spelling]
        entry["words"] = [word for sequence in batch.words for word in sequence]
    if batch.active:
        steps = [step for sequence in batch.active for step in sequence]
        entry["activeCounts"] = [len(step) for step in steps]
        entry["active"] = [index for step in steps for index in step]
    if batch.features is not None:
        entry["features"] = encode(batch.features)
    if batch.classes is not None:
        entry["classes"] = batch.classes
    if batch.target_lengths is not None:
        entry["targetLengths"] = batch.target_lengths
    if batch.values is not None:
        entry["values"] = encode(batch.values)
    return entry


def require_stable(name: str, exact: list[StepRecord], rounded: list[StepRecord]) -> None:
    """A case that float32 cannot follow (an Adam step on a gradient that cancels to noise) tests nothing."""
    for a, b in zip(exact, rounded, strict=True):
        for parameter, values in a.parameters.items():
            error = float((b.parameters[parameter] - values).abs().max() / values.abs().max())
            if error > STABLE:
                raise AssertionError(
                    f"{name}: float32 is {error:.1e} off in {parameter}, choose another seed"
                )


def require_agreement(case: Case, parameters: Parameters, batches: list[Batch]) -> None:
    """A decoder's loop beside PyTorch's modules, for the batches that these can run."""
    network = case.network
    for batch in batches:
        if not has_modules(network.decoder, shown(network, parameters, batch)):
            continue
        loop = forward(network, parameters, batch)
        modules = forward(network, parameters, batch, write_all_by_modules)
        if float((loop - modules).abs().max()) > LOOP_AND_MODULES * float(loop.abs().max()):
            raise AssertionError(f"{case.name}: the loop and PyTorch's modules differ")


def make_case(case: Case, seed: int) -> dict[str, object]:
    random = Random(seed)
    initial = random_parameters(case.network, random)
    batches = [random_batch(case, index, random) for index in range(STEPS)]
    if case.network.decoder:
        require_agreement(case, initial, batches)
    scores = forward(case.network, initial, batches[0])
    loss, count = loss_sum(case.network, scores, batches[0])
    records = train(case.network, initial, case.optimizer, case.clip_norm, batches, torch.float64)
    rounded = train(case.network, initial, case.optimizer, case.clip_norm, batches, torch.float32)
    require_stable(case.name, records, rounded)
    return {
        "name": case.name,
        "network": describe_network(case.network),
        "optimizer": describe_optimizer(case.optimizer),
        "learningRate": case.optimizer.learning_rate,
        "clipNorm": case.clip_norm,
        "parameters": encode_all(initial),
        "batches": [describe_batch(batch) for batch in batches],
        "evaluation": {"output": encode(activate(case.network, scores)), "loss": loss.item(), "count": count},
        "steps": [
            {
                "loss": record.loss,
                "count": record.count,
                "gradientNorm": record.gradient_norm,
                "parameters": encode_all(record.parameters),
            }
            for record in records
        ],
    }


def make_network_fixture(cases: list[Case], seed: int) -> dict[str, object]:
    return {"cases": [make_case(case, seed + index) for index, case in enumerate(cases)]}
