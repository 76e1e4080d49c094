"""Pictures of course 3."""

from __future__ import annotations

from drawing import BLUE, GREEN, GREY, ORANGE, ROSE, VIOLET, Drawing
from gallery import picture


@picture(height=400)
def architecture_search(to: Drawing) -> None:
    """The loop of neural architecture search.

    The search strategy picks a candidate architecture from the search space; the performance estimation
    strategy judges it, and its estimate goes back to the search strategy.
    """
    space = to.box(20, 10, 380, 62, "Search space", BLUE)
    strategy = to.box(20, 144, 380, 62, "Search strategy", VIOLET)
    estimate = to.box(20, 304, 380, 84, "Performance\nestimation strategy", ORANGE)
    to.arrow(space.bottom(), strategy.top())
    to.plate(210, 107, "architectures")
    to.arrow(strategy.bottom(), estimate.top())
    to.plate(210, 255, "one candidate")
    to.back(estimate, strategy, 500)
    to.plate(525, 260, "estimate")


@picture(height=330)
def quantization(to: Drawing) -> None:
    """Quantization to 8 bits.

    A line of real numbers from the smallest weight to the largest is mapped onto the 256 whole numbers from
    -128 to 127; real numbers between two steps are rounded.
    """
    to.box(20, 8, 250, 52, "32-bit float", BLUE)
    to.box(20, 270, 250, 52, "8-bit integer", GREEN)
    to.line((40, 110), (600, 110), color=BLUE)
    to.line((40, 220), (600, 220), color=GREEN)
    for at in range(9):
        to.line((40 + 70 * at, 208), (40 + 70 * at, 232), color=GREEN)
    for start, step in ((40, 0), (95, 1), (212, 2), (236, 3), (320, 4), (402, 5), (471, 6), (514, 7), (600, 8)):
        to.line((start, 100), (start, 120), color=BLUE)
        to.arrow((start, 126), (40 + 70 * step, 206))
    to.plate(450, 34, "4 bytes a weight")
    to.plate(440, 296, "1 byte: −128 … 127")


@picture(height=420)
def data_parallelism(to: Drawing) -> None:
    """Data parallelism.

    A batch is divided in three. Each of three workers holds the whole model and gets one part. All-reduce
    combines their gradients, and all workers take the same step.
    """
    batch = to.box(20, 8, 600, 52, "Batch", BLUE)
    combined = to.box(20, 300, 600, 52, "All-reduce: mean of the gradients", ORANGE)
    for at in range(3):
        worker = to.box(20 + 205 * at, 138, 190, 84, f"Worker {at + 1}\nwhole model", GREEN)
        center = worker.top()[0]
        to.arrow((center, batch.bottom()[1]), worker.top())
        to.plate(center, 96, f"part {at + 1}")
        to.arrow(worker.bottom(), (center, combined.top()[1]))
        to.plate(center, 258, "gradients")
    to.plate(320, 392, "the same new weights for every worker")
    to.line((320, 352), (320, 376))


@picture(height=326)
def model_parallelism(to: Drawing) -> None:
    """Model parallelism.

    One batch passes through three workers in a row; each holds a chunk of the layers and waits for the output
    of the one before.
    """
    boxes = to.stack(
        ["Worker 1: layers 1–4", "Worker 2: layers 5–8", "Worker 3: layers 9–12"],
        y=66,
        width=330,
        height=60,
        gap=38,
        fills=[GREEN],
    )
    batch = to.box(20, 0, 330, 44, "Whole batch", BLUE)
    to.arrow(batch.bottom(), boxes[0].top())
    for box, state in zip(boxes, ("busy", "waits", "waits"), strict=True):
        to.plate(430, box.right()[1], state)


@picture(height=330)
def pipeline_parallelism(to: Drawing) -> None:
    """Pipeline parallelism and its bubble.

    Three stages over twelve time steps. Four micro-batches pass forward through the stages, one step later in
    each, then backward; at the start, in the middle and at the end stages stand idle, which is the bubble.
    """
    stages, batches, wide = 3, 4, 42
    slots = 2 * (stages + batches - 1)
    for stage in range(stages):
        y = 60 + 62 * stage
        to.box(2, y, 122, 50, f"Stage {stage + 1}", GREY)
        busy = {stage + batch: (batch, BLUE) for batch in range(batches)}
        busy |= {slots - 1 - stage - batch: (batch, ORANGE) for batch in range(batches)}
        for slot in range(slots):
            x = 128 + wide * slot
            if slot in busy:
                to.box(x, y, wide - 4, 50, str(busy[slot][0] + 1), busy[slot][1])
            else:
                to.frame(x + 2, y + 2, wide - 8, 46)
    to.plate(200, 26, "forward", fill=BLUE, ink="#fff")
    to.plate(560, 26, "backward", fill=ORANGE, ink="#fff")
    to.arrow((128, 262), (628, 262))
    to.plate(200, 262, "time")
    to.plate(320, 306, "numbers: micro-batches · dashed: bubble")


@picture(height=520)
def distillation(to: Drawing) -> None:
    """Knowledge distillation.

    Training data go to a large teacher and to a small student. The distillation loss compares the soft outputs
    of both at temperature T; the student loss compares the student's output with the hard label. Their weighted
    sum trains the student.
    """
    to.box(20, 8, 380, 50, "Training data", GREY)
    labels = to.box(430, 8, 190, 50, "Hard labels", GREY)
    teacher = to.box(20, 104, 190, 110, "Teacher\nlarge, fixed", BLUE)
    student = to.box(250, 118, 190, 82, "Student\nsmall", GREEN)
    distilled = to.box(20, 306, 300, 78, "Distillation loss\nteacher and student", VIOLET)
    own = to.box(350, 306, 270, 78, "Student loss\nstudent and label", ORANGE)
    total = to.box(120, 460, 400, 52, "Weighted sum", ROSE)
    to.arrow((115, 58), teacher.top())
    to.arrow((330, 58), student.top(80 / 190))
    to.arrow(teacher.bottom(), distilled.top(0.32))
    to.arrow(student.bottom(0.2), distilled.top(0.89))
    to.arrow(student.bottom(0.75), own.top(0.16))
    to.arrow(labels.bottom(), own.top(175 / 270))
    to.arrow(distilled.bottom(), total.top(0.125))
    to.arrow(own.bottom(), total.top(0.91))
    to.plate(115, 258, "soft targets")
    to.plate(312, 258, "soft outputs")
    to.plate(170, 416, "weight 1 − α")
    to.plate(484, 416, "weight α")


@picture(height=430)
def attacks(to: Drawing) -> None:
    """Where attacks on a model set in.

    Poisoning acts on the training data and evasion on the input; both change what the model predicts. Membership
    inference, model inversion and model extraction draw secrets out of its answers.
    """
    data, model, answers = to.stack(
        ["Training data", "Model", "Answers"], width=250, height=56, gap=40, fills=[BLUE, ORANGE, GREEN]
    )
    given = to.box(350, model.y, 110, 56, "Input", BLUE)
    poisoning, evasion = to.box(440, data.y, 180, 56, "Poisoning", ROSE), to.box(490, 202, 130, 56, "Evasion", ROSE)
    to.arrow(poisoning.left(), data.right(), color=ROSE)
    to.arrow(given.left(), model.right())
    to.arrow(evasion.left(), (405, 230), given.bottom(), color=ROSE)
    for at, second in enumerate(("inference", "inversion", "extraction")):
        first = "Model" if at else "Membership"
        box = to.box(12 + 209 * at, 340, 198, 80, f"{first}\n{second}", VIOLET)
        to.arrow(answers.bottom(0.2 + 0.3 * at), box.top(), color=VIOLET)


@picture(height=350)
def lime(to: Drawing) -> None:
    """LIME, a local surrogate.

    Predictions of a black-box model as a winding curve over a feature. Around one example perturbed copies are
    predicted, and a straight line is fitted to them; it holds near the example only.
    """
    to.line((30, 20), (30, 300), (620, 300))
    to.curve("M 40,250 C 110,60 190,60 260,170 C 320,265 400,270 450,170 C 490,90 560,70 615,120", GREY)
    to.curve("M 340,330 L 520,30", ROSE)
    for x, y in ((396, 236), (418, 214), (470, 132), (490, 108)):
        to.dot(x, y, VIOLET)
    to.dot(444, 180, ROSE)
    to.plate(170, 40, "black-box model", fill=GREY, ink="#fff")
    to.plate(552, 196, "the example", fill=ROSE, ink="#fff")
    to.plate(552, 250, "its copies", fill=VIOLET, ink="#fff")
    to.plate(370, 40, "local model", fill=ROSE, ink="#fff")
    to.plate(130, 326, "value of a feature")
