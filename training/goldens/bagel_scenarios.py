"""The BAGEL runs whose every stage is kept. Inputs are words and pictures (named in bagel_pictures.py) in the order given."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    name: str


@dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    inputs: tuple[str | Picture, ...]
    reads: bool = False  # answers in words; else draws
    think: bool = False
    max_tokens: int = 24
    width: int = 64  # of a drawn picture; an edited one has the last input's size
    height: int = 64
    steps: int = 8  # points of the schedule, one more than the model's passes
    shift: float = 3.0
    text_scale: float = 4.0
    image_scale: float = 1.0
    interval: tuple[float, float] = (0.4, 1.0)
    renorm: str = "global"
    renorm_min: float = 0.0
    taylor_seer: bool = False
    all_layers: bool = False  # keep every layer's rows, not the last layer's alone
    seed: int = 1

    def request(self) -> dict:
        """What is asked, in the studio's words."""
        pictures = [v for v in self.inputs if isinstance(v, Picture)]
        inputs = [{"picture": pictures.index(v), "name": v.name} if isinstance(v, Picture) else {"text": v} for v in self.inputs]
        common = {"inputs": inputs, "mode": "read" if self.reads else "edit" if self.edits else "draw", "think": self.think,
                  "maxTokens": self.max_tokens}
        if self.reads:
            return common
        return {**common, "width": self.width, "height": self.height, "steps": self.steps, "shift": self.shift, "textScale": self.text_scale,
                "imageScale": self.image_scale, "interval": list(self.interval), "renorm": self.renorm, "renormMin": self.renorm_min,
                "taylorSeer": self.taylor_seer}

    @property
    def edits(self) -> bool:
        return not self.reads and any(isinstance(v, Picture) for v in self.inputs)


@dataclass(frozen=True)
class Edit(Scenario):
    """An edit of one picture with all three branches."""

    inputs: tuple[str | Picture, ...] = (Picture("landscape"), "make the boat red")
    image_scale: float = 2.0
    interval: tuple[float, float] = (0.0, 1.0)
    renorm: str = "text_channel"


LAND, TALL, CLEAR = Picture("landscape"), Picture("tall"), Picture("transparent")
QUESTION = "What is on the table?"

SCENARIOS = [
    Scenario("read", "One picture and a question", (LAND, QUESTION), reads=True, all_layers=True),
    Scenario("read-two-pictures", "Two pictures of different sizes, then a question", (LAND, TALL, "Which one is larger?"), reads=True),
    Scenario("read-think", "The thinking prompt before everything", (TALL, QUESTION), reads=True, think=True, max_tokens=40),
    Scenario("read-transparent", "Words, a picture with alpha (composed on white), words", ("Look at this:", CLEAR, "What is it?"), reads=True),
    Scenario("read-history", "Two turns: the first answer is a text block of its own", (LAND, QUESTION, "Two apples.", "Which colour?"), reads=True),
    Scenario("read-text", "No picture at all", ("Tell me a story.",), reads=True, max_tokens=60),
    Scenario("draw", "A picture from words; two branches, guided above 0.4", ("a small lighthouse",), all_layers=True, seed=2),
    Scenario("draw-think", "The plan is decoded, encoded again, and not in the guidance contexts", ("a small lighthouse",), think=True, seed=3),
    Scenario("draw-image-scale", "Without pictures the third branch equals the first, and raises guidance", ("a red kite",), image_scale=1.5, seed=4),
    Scenario("draw-unguided", "Text scale 1: nothing is guided, whatever the image scale", ("a red kite",), text_scale=1.0, image_scale=2.0, seed=5),
    Scenario("draw-wide", "96 x 48 px, shift 1", ("a long train",), width=96, height=48, shift=1.0, seed=6),
    Scenario("draw-tall", "48 x 112 px", ("a tall tree",), width=48, height=112, seed=7),
    Scenario("draw-two-texts", "The words before the last ones stay in the no-text context", ("in the style of a woodcut", "a tall tree"), seed=8),
    Scenario("draw-taylorseer", "20 points: passes at steps 0 to 4, then every third", ("a red kite",), steps=20, taylor_seer=True, seed=9),
    Scenario("draw-one-step", "The shortest schedule", ("a red kite",), steps=2, seed=10),
    Edit("edit-global", "One norm over the picture", renorm="global", all_layers=True, seed=11),
    Edit("edit-channel", "One norm for each token", renorm="channel", seed=12),
    Edit("edit-text-channel", "The text step alone is renormed, for each token", seed=13),
    Edit("edit-think", "A plan before the edit", think=True, seed=14),
    Edit("edit-image-scale-1", "Two branches in an edit, global", image_scale=1.0, renorm="global", seed=15),
    Edit("edit-text-channel-image-scale-1", "Two branches in an edit, text_channel", image_scale=1.0, seed=16),
    Edit("edit-renorm-off", "renormMin 1", renorm="global", renorm_min=1.0, seed=17),
    Edit("edit-renorm-half", "renormMin 0.5", renorm="channel", renorm_min=0.5, seed=18),
    Edit("edit-interval", "Guided between 0.3 and 0.9 alone", interval=(0.3, 0.9), renorm="channel", seed=19),
    Edit("edit-two-pictures", "Two pictures; the size is the last one's", inputs=(LAND, TALL, "put the first into the second"), seed=20),
    Edit("edit-picture-last", "Words before the picture: the no-text context equals the full one", inputs=("make it red", TALL), seed=21),
    Edit("edit-again", "Two turns: the picture of the first is encoded for the second, and its words stay",
         inputs=("a small lighthouse", LAND, "now at night"), renorm="global", seed=22),
    Edit("edit-taylorseer", "20 points, three branches", steps=20, taylor_seer=True, seed=23),
]
