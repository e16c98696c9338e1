"""TensorFlow's side of the comparison: python tensorflow_peer.py THREADS [xla]"""

import os
import sys
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf  # noqa: E402
from line_server import Step, serve_steps  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[1]))
tf.config.threading.set_inter_op_parallelism_threads(int(sys.argv[1]))

XLA = "xla" in sys.argv
LAYERS = {"rnn": tf.keras.layers.SimpleRNN, "gru": tf.keras.layers.GRU, "lstm": tf.keras.layers.LSTM}


def layer(request: dict[str, Any]) -> Step:
    """The layer as Keras makes it, [B, T, I], traced by tf.function; with xla its graph is compiled."""
    shape, train = request["shape"], request["mode"] == "train"
    tf.random.set_seed(1)
    layer = LAYERS[request["cell"]](shape["hidden"], return_sequences=True)
    if shape.get("bidirectional", False):
        layer = tf.keras.layers.Bidirectional(layer)
    x = tf.random.normal([shape["batch"], shape["steps"], shape["input"]])
    d_output = tf.random.normal(layer(x).shape)
    weights = [w for w in layer.trainable_variables if len(w.shape) == 2 and "bias" not in w.name]
    versions = [[w.value * 1.0, w.value * 1.001] for w in weights]
    variables = layer.trainable_variables
    compiled = tf.function(jit_compile=XLA)

    @compiled
    def infer() -> tf.Tensor:
        return layer(x)

    @compiled
    def gradients() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = layer(x, training=True)
        return tape.gradient(output, [x, *variables], output_gradients=d_output)

    count = 0

    def training_step() -> None:
        nonlocal count
        count += 1
        for values, version in zip(weights, versions, strict=True):
            values.assign(version[count % 2])
        gradients()[0].numpy()

    return training_step if train else lambda: infer().numpy()


serve_steps(lambda: {"name": f"TensorFlow {tf.__version__}", "detail": f"Keras {tf.keras.__version__}"}, {"layer": layer})
