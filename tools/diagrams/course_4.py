"""Pictures of course 4."""

from __future__ import annotations

from itertools import pairwise

from drawing import BLUE, GREEN, GREY, ORANGE, ROSE, VIOLET, Drawing
from gallery import picture


@picture(height=480)
def batch_online(to: Drawing) -> None:
    """Online and batch inference.

    Online: a request goes to the model and its prediction comes back at once. Batch: by night the model
    predicts for all stored examples, the predictions are stored, and a request only looks one up.
    """
    to.plate(160, 24, "online")
    to.plate(480, 24, "batch")
    request = to.box(20, 60, 280, 52, "Request", GREY)
    model = to.box(20, 212, 280, 74, "Model\ncomputes now", ORANGE)
    answer = to.box(20, 420, 280, 52, "Prediction", GREEN)
    to.arrow(request.bottom(), model.top())
    to.arrow(model.bottom(), answer.top())
    stages = [
        to.box(340, 60, 280, 52, "Stored examples", BLUE),
        to.box(340, 142, 280, 74, "Model\ncomputes at night", ORANGE),
        to.box(340, 246, 280, 52, "Stored predictions", BLUE),
        to.box(340, 328, 280, 52, "Lookup by request", GREY),
        to.box(340, 420, 280, 52, "Prediction", GREEN),
    ]
    for above, below in pairwise(stages):
        to.arrow(above.bottom(), below.top())


@picture(height=470)
def tensorflow_serving(to: Drawing) -> None:
    """How TensorFlow Serving loads a new version.

    The source finds version 2 in storage and hands its loader to the manager; the version policy tells the
    manager what to do; the manager loads version 2 and later unloads version 1; clients get the servable from
    the manager.
    """
    storage = to.box(20, 8, 270, 74, "Storage\nversions 1 and 2", GREY)
    source = to.box(20, 140, 270, 60, "Source", BLUE)
    manager = to.box(20, 268, 270, 60, "Manager", ORANGE)
    policy = to.box(390, 140, 230, 60, "Version policy", VIOLET)
    client = to.box(390, 268, 230, 60, "Clients", GREY)
    to.arrow(storage.bottom(), source.top())
    to.arrow(source.bottom(), manager.top())
    to.plate(155, 234, "loader of version 2")
    to.arrow(policy.left(0.8), manager.right(0.2))
    to.arrow(manager.right(0.6), client.left(0.6))
    to.arrow(client.left(0.6), manager.right(0.6))
    for x, text, fill in ((20, "Version 1\nunloaded", GREY), (330, "Version 2\nloaded", GREEN)):
        version = to.box(x, 386, 290, 74, text, fill)
        to.arrow(manager.bottom(0.35 if x < 100 else 0.8), version.top(0.33 if x < 100 else 0.2), dashed=x < 100)


@picture(height=470)
def kubernetes(to: Drawing) -> None:
    """A service, its pods and the autoscaler.

    Requests reach the service, one stable address, which spreads them over three pods on two nodes. A
    deployment keeps the number of pods; the horizontal pod autoscaler changes this number by the load that it
    measures.
    """
    requests = to.box(190, 4, 260, 46, "Requests", GREY)
    service = to.box(140, 86, 360, 70, "Service\none stable address", BLUE)
    to.arrow(requests.bottom(), service.top())
    to.frame(20, 200, 390, 120)
    to.frame(430, 200, 190, 120)
    for at, x in enumerate((36, 226, 440)):
        pod = to.box(x, 216, 170, 56, f"Pod {at + 1}", GREEN)
        to.arrow(service.bottom((0.2, 0.5, 0.85)[at]), pod.top())
    to.plate(215, 298, "node 1")
    to.plate(525, 298, "node 2")
    deployment = to.box(20, 384, 270, 76, "Deployment\nkeeps 3 pods", ORANGE)
    scaler = to.box(350, 384, 270, 76, "Autoscaler\nmeasures the load", VIOLET)
    to.arrow(scaler.left(), deployment.right())
    to.arrow(deployment.top(), (155, 320))
    to.arrow((525, 320), scaler.top(0.648), dashed=True)


@picture(height=620)
def ci_cd_cycle(to: Drawing) -> None:
    """The CI/CD cycle of MLOps level 2.

    Development and experimentation, pipeline CI, pipeline CD, automated triggering, model CD and monitoring,
    and from monitoring back to the trigger and to new experiments.
    """
    stages = to.stack(
        [
            "Experimentation\ngives source code",
            "Pipeline CI\ngives tested packages",
            "Pipeline CD\ndeploys the pipeline",
            "Triggering\ngives a trained model",
            "Model CD\ngives a service",
            "Monitoring\ngives statistics",
        ],
        width=350,
        height=70,
        gap=36,
        fills=[BLUE, VIOLET, VIOLET, ORANGE, GREEN, ROSE],
    )
    to.back(stages[5], stages[3], 440, share=0.3)
    to.back(stages[5], stages[0], 560, share=0.7)
    to.plate(500, 452, "retrain")
    to.plate(540, 200, "new ideas")


@picture(height=358)
def trace(to: Drawing) -> None:
    """A trace and its spans.

    The spans of one request of 800 milliseconds as bars over time: the gateway spans all of it; under it lie
    login, the first feature lookup, the second one, which takes 700 milliseconds, and the model.
    """
    spans = (
        ("gateway", 0, 800, BLUE),
        ("login", 10, 40, BLUE),
        ("lookup 1", 40, 70, BLUE),
        ("lookup 2", 70, 770, ROSE),
        ("model", 770, 795, BLUE),
    )
    scale = 440 / 800
    for at, (name, start, end, fill) in enumerate(spans):
        y = 50 + 54 * at
        to.plate(84, y + 20, name)
        to.box(
            180 + start * scale, y, max((end - start) * scale, 8), 40, f"{end - start} ms" * (end - start > 100), fill
        )
    to.line((180, 42), (180, 330))
    to.line((620, 42), (620, 330))
    to.plate(400, 20, "one trace: all spans of a request")
    to.arrow((180, 336), (620, 336))
    to.plate(400, 336, "time")


@picture(height=470)
def depthwise_separable(to: Drawing) -> None:
    """A depthwise separable convolution.

    Depthwise: each of three input channels goes through a filter of its own. Pointwise: 1 by 1 convolutions mix the
    three results into as many output channels as wanted.
    """
    mix = to.box(20, 284, 600, 74, "Pointwise: 1 × 1\nmixes the channels", ORANGE)
    for at in range(3):
        channel = to.box(20 + 205 * at, 8, 190, 52, f"Channel {at + 1}", BLUE)
        own = to.box(20 + 205 * at, 106, 190, 84, f"Filter {at + 1}\n3 × 3", VIOLET)
        to.arrow(channel.bottom(), own.top())
        to.arrow(own.bottom(), (own.bottom()[0], mix.y))
    to.plate(320, 232, "depthwise: one filter for each channel")
    for at in range(4):
        x = 20 + 153 * at
        out = to.box(x, 408, 140, 52, "Output", GREEN)
        to.arrow((out.top()[0], mix.bottom()[1]), out.top())
