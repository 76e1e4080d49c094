"""What can go wrong, told apart by whose slip it is."""

from mlopscards.model import Problem


class MlopscardsError(Exception):
    """Something that the author of the notes, or their machine, has to mend; never a bug of ours."""


class NotesError(MlopscardsError):
    """The notes hold errors; every one of them is in `problems` (exit status 1)."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class CannotDo(MlopscardsError):
    """The work could not be done at all: no such folder, target not writable, lock broken (exit status 2)."""
