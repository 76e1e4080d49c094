"""Pictures of course 2."""

from __future__ import annotations

from itertools import pairwise

from drawing import BLUE, GREEN, GREY, ORANGE, ROSE, VIOLET, Drawing
from gallery import picture


@picture(height=454)
def skew(to: Drawing) -> None:
    """Finding skew between training and serving.

    Statistics are computed of the training data and of the serving data. A schema is inferred from the training
    statistics, reviewed, and given thresholds. The validation compares the serving statistics with the schema
    and with the training statistics, and reports anomalies.
    """
    training, serving = to.box(20, 8, 270, 56, "Training data"), to.box(350, 8, 270, 56, "Serving data", GREEN)
    seen = [to.box(x, 108, 270, 56, "Statistics", fill) for x, fill in ((20, BLUE), (350, GREEN))]
    schema = to.box(20, 232, 226, 84, "Schema\nwith thresholds", VIOLET)
    check = to.box(276, 246, 344, 56, "Validation", ORANGE)
    anomalies = to.box(276, 342, 344, 108, "Anomalies\nother form of the data,\nother distribution", ROSE)
    to.arrow(training.bottom(), seen[0].top())
    to.arrow(serving.bottom(), seen[1].top())
    to.arrow(seen[0].bottom(0.419), schema.top())
    to.line(seen[0].right(), (320, seen[0].right()[1]))
    to.arrow((320, seen[0].right()[1]), (320, 246))
    to.arrow(seen[1].bottom(), (485, 246))
    to.arrow(schema.right(), check.left())
    to.arrow(check.bottom(), anomalies.top())
    to.plate(133, 190, "inferred")


@picture(height=560)
def tfx_pipeline(to: Drawing) -> None:
    """A TFX pipeline.

    ExampleGen feeds StatisticsGen and Transform; StatisticsGen feeds SchemaGen and ExampleValidator; the schema
    goes to ExampleValidator and Transform. Then follow Trainer, Evaluator, InfraValidator and Pusher. All
    components record what they do in ML Metadata.
    """
    data = [
        to.box(36, 8 + 112 * at, 262, 72, text, BLUE)
        for at, text in enumerate(
            ("ExampleGen\nreads and splits", "StatisticsGen\nmeans, gaps, …", "SchemaGen\ntypes, ranges")
        )
    ]
    validator = to.box(36, 344, 262, 72, "ExampleValidator\nfinds anomalies", ROSE)
    model = to.stack(
        ["Transform", "Trainer", "Evaluator", "InfraValidator", "Pusher"],
        x=370,
        y=8,
        width=250,
        height=52,
        gap=37,
        fills=[BLUE, ORANGE, ROSE, ROSE, GREEN],
    )
    for above, below in pairwise([*data, validator]):
        to.arrow(above.bottom(), below.top())
    to.arrow(data[0].right(0.36), model[0].left())
    to.arrow(data[2].right(), (334, data[2].right()[1]), (334, 46), (370, 46))
    to.arrow(data[1].left(), (10, data[1].left()[1]), (10, validator.left()[1]), validator.left())
    store = to.box(20, 500, 600, 52, "ML Metadata: records of every run", GREY)
    to.arrow(validator.bottom(), store.top(0.245), dashed=True)
    to.arrow(model[4].bottom(), store.top(0.792), dashed=True)


def selection(to: Drawing, steps: list[str], fills: list[str], note: str) -> None:
    """Draw the way from all features to the chosen ones, with a remark beside the second step."""
    boxes = to.stack(steps, width=330, height=60, gap=38, fills=fills)
    to.plate(495, boxes[1].right()[1], note)


@picture(height=366)
def filter_methods(to: Drawing) -> None:
    """Filter methods.

    All features, a statistic for each feature, the features with the best scores, and only then a model.
    """
    steps = ["All features", "A statistic for each", "Best features", "Model is trained"]
    selection(to, steps, [BLUE, VIOLET, GREEN, ORANGE], "no model\ntrained so far")


@picture(height=366)
def wrapper_methods(to: Drawing) -> None:
    """Wrapper methods.

    From all features a subset is chosen, a model is trained on it, and its score leads to the next subset; the
    best subset is kept.
    """
    boxes = to.stack(
        ["All features", "Choose a subset", "Train, then score", "Best subset"],
        width=330,
        height=60,
        gap=38,
        fills=[BLUE, VIOLET, ORANGE, GREEN],
    )
    to.back(boxes[2], boxes[1], 440)
    to.plate(535, 187, "many models\ntrained")


@picture(height=366)
def embedded_methods(to: Drawing) -> None:
    """Embedded methods.

    One model is trained on all features; the training itself gives useless features no weight, and the others
    stay.
    """
    to.box(20, 10, 600, 60, "All features")
    to.box(20, 108, 600, 160, "", ORANGE)
    to.box(20, 306, 600, 52, "Features that kept their weight", GREEN)
    to.plate(320, 132, "one training", fill=ORANGE, ink="#fff")
    for at, (weight, keeps) in enumerate((("0.8", True), ("0", False), ("0.3", True), ("0", False), ("0.5", True))):
        x = 40 + 114 * at
        to.plate(x + 52, 186, f"weight\n{weight}")
        to.arrow((x + 52, 70), (x + 52, 108))
        if keeps:
            to.arrow((x + 52, 268), (x + 52, 306))
        else:
            to.plate(x + 52, 242, "out", fill=ROSE, ink="#fff")


@picture(height=440)
def ml_metadata(to: Drawing) -> None:
    """The records of ML Metadata.

    An execution, a training run, lies between two artifacts, a data set and a model. Events tie it to them, as
    input and output. A context, a pipeline run, is tied to both artifacts by attributions and to the execution
    by an association.
    """
    chain = to.stack(
        ["Artifact\ndata set", "Execution\ntraining run", "Artifact\nmodel"],
        y=20,
        width=210,
        height=84,
        gap=72,
        fills=[BLUE, ORANGE, BLUE],
    )
    context = to.box(480, 160, 140, 116, "Context\npipeline\nrun", VIOLET)
    to.plate(125, 140, "event: input")
    to.plate(125, 296, "event: output")
    for one, side, name in zip(chain, (0.15, 0.5, 0.85), ("attribution", "association", "attribution"), strict=True):
        to.line(one.right(), context.left(side), dashed=True)
        to.plate((230 + 480) / 2, (one.right()[1] + context.left(side)[1]) / 2, name)


@picture(height=430)
def feature_store(to: Drawing) -> None:
    """A feature store.

    Raw data pass through one definition of each feature into an offline store, with the history of the values
    for training, and into an online store, with the latest values for real-time prediction.
    """
    raw = to.box(170, 8, 300, 52, "Raw data", GREY)
    compute = to.box(170, 98, 300, 74, "Features\neach defined once", VIOLET)
    stores = [
        to.box(20, 224, 280, 74, "Offline store\nhistory of values", BLUE),
        to.box(340, 224, 280, 74, "Online store\nlatest values", GREEN),
    ]
    users = [
        to.box(20, 348, 280, 74, "Training\nand batch prediction", ORANGE),
        to.box(340, 348, 280, 74, "Serving\nin real time", ORANGE),
    ]
    to.arrow(raw.bottom(), compute.top())
    for store, user, share in zip(stores, users, (0.25, 0.75), strict=True):
        to.arrow(compute.bottom(share), store.top())
        to.arrow(store.bottom(), user.top())


@picture(height=492)
def weak_supervision(to: Drawing) -> None:
    """Weak supervision.

    Three labeling functions vote on an unlabeled mail: spam, no vote, ham. The label model combines the votes
    into a label probability of 0.7 for spam, and the end model is trained on such probabilities.
    """
    data = to.box(170, 8, 300, 52, "Unlabeled data", GREY)
    model = to.box(120, 258, 400, 74, "Label model\nweights the votes", VIOLET)
    end = to.box(120, 412, 400, 74, "End model\ntrained on probabilities", GREEN)
    votes = (("Function 1", "spam"), ("Function 2", "no vote"), ("Function 3", "ham"))
    for at, (name, vote) in enumerate(votes):
        one = to.box(20 + 205 * at, 104, 190, 56, name, ORANGE)
        to.arrow(data.bottom(0.2 + 0.3 * at), one.top())
        to.arrow(one.bottom(), model.top(0.15 + 0.35 * at))
        to.plate((one.bottom()[0] + model.top(0.15 + 0.35 * at)[0]) / 2, 206, vote)
    to.arrow(model.bottom(), end.top())
    to.plate(320, 370, "probability of spam: 0.7")


@picture(height=406)
def margin_sampling(to: Drawing) -> None:
    """Margin sampling.

    Points of two classes on either side of a decision boundary. Unlabeled points close to the boundary are sent to be
    labeled; those far away are not.
    """
    to.line((90, 300), (550, 20))
    for x, y in ((90, 120), (160, 70), (240, 40)):
        to.dot(x, y, BLUE)
    for x, y in ((400, 270), (480, 210), (560, 150)):
        to.dot(x, y, GREEN)
    for x, y in ((120, 190), (60, 50), (350, 30), (590, 260), (300, 290), (600, 80)):
        to.dot(x, y, GREY)
    for x, y in ((196, 210), (250, 225), (318, 140), (385, 145), (448, 60)):
        to.dot(x, y, ROSE)
    to.plate(200, 120, "class A", fill=BLUE, ink="#fff")
    to.plate(500, 260, "class B", fill=GREEN, ink="#fff")
    to.plate(320, 340, "unlabeled, close to the boundary: ask", fill=ROSE, ink="#fff")
    to.plate(320, 386, "unlabeled, far away", fill=GREY, ink="#fff")
