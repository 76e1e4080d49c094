"""Pictures of course 1, with all ways of releasing a version; course 4 shows them again."""

from __future__ import annotations

from drawing import BLUE, GREEN, GREY, ORANGE, ROSE, VIOLET, Drawing
from gallery import picture


@picture(height=424)
def lifecycle(to: Drawing) -> None:
    """The ML project lifecycle.

    Scoping, data, modeling and deployment in a row; error analysis leads from modeling back to the data, and
    monitoring from deployment back to data and modeling.
    """
    _, data, modeling, deployment = to.stack(
        [
            "Scoping\ngoal, metrics, resources",
            "Data\ndefine, label, baseline",
            "Modeling\ntrain, analyze errors",
            "Deployment\nserve, monitor, maintain",
        ],
        width=350,
        height=74,
        gap=36,
        fills=[GREY, BLUE, ORANGE, GREEN],
    )
    for start, x, end in ((modeling.right(0.3), 470, data.right(0.7)), (deployment.right(), 600, data.right(0.3))):
        to.arrow(start, (x, start[1]), (x, end[1]), end, dashed=True)
    to.arrow((600, modeling.right(0.7)[1]), modeling.right(0.7), dashed=True)
    to.plate(470, 212, "error analysis")
    to.plate(485, deployment.right()[1], "monitoring")


BELL = "c 25,0 35,-52 62,-52 s 37,52 62,52"


@picture(height=500)
def drift(to: Drawing) -> None:
    """Data drift and concept drift.

    Two plots of price over house size. Data drift: the bell curve of the sizes moves right along an unchanged
    line. Concept drift: the sizes stay where they are and the line of the prices moves up.
    """
    for top, name, change in ((6, "Data drift", "P(x) changes"), (256, "Concept drift", "P(y|x) changes")):
        to.box(20, top, 200, 72, f"{name}\n{change}", BLUE if top < 100 else VIOLET)
        to.line((250, top), (250, top + 200), (620, top + 200))
        to.plate(548, top + 220, "house size x")
        to.plate(165, top + 130, "price y")
    to.curve("M 262,186 L 600,46", GREY)
    to.curve(f"M 262,206 {BELL}", GREY, dashed=True)
    to.curve(f"M 470,206 {BELL}", ROSE)
    to.arrow((392, 176), (468, 176), color=ROSE)
    to.curve("M 262,436 L 600,346", GREY, dashed=True)
    to.curve("M 262,366 L 600,276", ROSE)
    to.arrow((430, 388), (430, 328), color=ROSE)
    to.curve(f"M 360,456 {BELL}", GREY)
    to.plate(324, 120, "then", fill=GREY, ink="#fff")
    to.plate(532, 132, "now", fill=ROSE, ink="#fff")
    to.plate(530, 392, "then", fill=GREY, ink="#fff")
    to.plate(320, 320, "now", fill=ROSE, ink="#fff")


def release(to: Drawing, parts: tuple[str, str], old: str, new: str, ends: tuple[str, str]) -> None:
    """Draw users, a router and two versions, with the parts of the traffic that they get and what comes of it."""
    users = to.box(220, 8, 200, 50, "Users", GREY)
    router = to.box(220, 92, 200, 50, "Router", VIOLET)
    left, right = to.box(20, 232, 270, 78, old, BLUE), to.box(350, 232, 270, 78, new, GREEN)
    to.arrow(users.bottom(), router.top())
    for side, version, part in ((router.bottom(0.25), left, parts[0]), (router.bottom(0.75), right, parts[1])):
        to.arrow(side, version.top(), dashed=part in ("copy", "0 %"))
        to.plate((side[0] + version.top()[0]) / 2, 184, part)
    for version, end in ((left, ends[0]), (right, ends[1])):
        to.arrow(version.bottom(), (version.bottom()[0], 356))
        to.plate(version.bottom()[0], 375 if "\n" not in end else 388, end)


@picture(height=400)
def shadow(to: Drawing) -> None:
    """Shadow mode.

    The router sends all requests to the old version, whose answers are used, and a copy of them to the new
    version, whose answers are only logged.
    """
    release(to, ("100 %", "copy"), "Old version\nor a human", "New version\nin the shadow", ("decides", "only logged"))


@picture(height=430)
def canary(to: Drawing) -> None:
    """Canary deployment.

    The router sends 95 % of the traffic to the old version and 5 % to the new one; the new part grows to 20, 50
    and 100 % while its metrics are good, and goes back to 0 % when they are bad.
    """
    ends = ("comparison\nof the metrics", "good: 20, 50, 100 %\nbad: back to 0 %")
    release(to, ("95 %", "5 %"), "Old version\nmost users", "New version\nthe canary", ends)


@picture(height=430)
def blue_green(to: Drawing) -> None:
    """Blue-green deployment.

    Two versions stand ready. The router has switched all traffic from the old, blue one to the new, green one;
    the blue one keeps running, so that the router can switch back at once.
    """
    ends = ("keeps running,\nfor a quick rollback", "serves everyone")
    release(to, ("0 %", "100 %"), "Blue\nthe old version", "Green\nthe new version", ends)


@picture(height=460)
def ab_test(to: Drawing) -> None:
    """A/B test.

    Users are assigned to two versions at random, half to each. The split stays the same to the end of the test;
    then a metric of the two groups is compared.
    """
    ends = ("metric of group A", "metric of group B")
    release(to, ("50 %", "50 %"), "Version A\nrandom group", "Version B\nrandom group", ends)
    for x in (155, 485):
        to.line((x, 375), (320, 440))
    to.plate(320, 440, "compared at the end")


@picture(height=430)
def bandit(to: Drawing) -> None:
    """Multi-armed bandit.

    During the test the split of the traffic moves from 50 to 50 over 30 to 70 to 10 to 90, toward the version
    with the better reward.
    """
    to.plate(104, 24, "start")
    to.plate(104, 404, "end")
    to.arrow((104, 46), (104, 382))
    for at, share in enumerate((50, 30, 10)):
        y, width = 12 + 140 * at, 4.4 * share
        to.box(180, y, width, 80, f"A\n{share} %" if share > 20 else "A", BLUE)
        to.box(184 + width, y, 440 - 4 - width, 80, f"B\n{100 - share} %", GREEN)
        if at < 2:
            to.plate(400, y + 110, ("B earns more so far", "B still earns more")[at])


@picture(height=296)
def data_iteration(to: Drawing) -> None:
    """The data iteration loop.

    Add or improve data, train, analyze errors, and from there back to the data; the code of the model is held
    fixed.
    """
    data, train, errors = to.stack(
        ["Add or improve data", "Train", "Error analysis"], width=320, height=64, gap=40, fills=[BLUE, ORANGE, ROSE]
    )
    to.back(errors, data, 500)
    to.plate(500, train.right()[1], "again and again")


@picture(height=448)
def data_versions(to: Drawing) -> None:
    """A fault runs down the data versions.

    On the left a faulty spam list and all that was built on it: cleaned users, merged users and a model. On the
    right the mended list and the second version of each of them.
    """
    steps = ("Spam list", "Cleaned users", "Merged users", "Model")
    old = to.stack([f"{step}\nversion 1" for step in steps], width=220, height=76, gap=38, fills=[ROSE])
    new = to.stack([f"{step}\nversion 2" for step in steps], x=400, width=220, height=76, gap=38, fills=[GREEN])
    to.arrow(old[0].right(), new[0].left())
    to.plate(320, old[0].right()[1], "mended")
    for one, other in zip(old[1:], new[1:], strict=True):
        to.arrow(one.right(), other.left(), dashed=True)
        to.plate(320, one.right()[1], "redone")


@picture(height=340)
def double_descent(to: Drawing) -> None:
    """Double descent.

    Errors over the size of the model. The training error falls to zero. The test error falls, rises to a peak where
    the model just manages to fit all training examples, and falls again beyond it.
    """
    to.line((40, 20), (40, 290), (620, 290))
    to.line((320, 60), (320, 290), dashed=True)
    to.curve(
        "M 54,70 C 100,200 140,232 185,216 C 250,190 270,62 320,62 C 370,62 390,190 470,222 C 530,244 580,250 615,252",
        ROSE,
    )
    to.curve("M 54,120 C 120,200 220,276 320,282 L 615,284", BLUE)
    to.plate(320, 24, "just fits all examples")
    to.plate(478, 150, "test error", fill=ROSE, ink="#fff")
    to.plate(420, 256, "training error", fill=BLUE, ink="#fff")
    to.plate(500, 318, "size of the model")
