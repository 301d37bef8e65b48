"""The example class of each graded unit: right, partly right, and wrong as learners are wrong."""

from demo.classes import unit_01, unit_02, unit_03, unit_04, unit_05, unit_06, unit_07, unit_08
from demo.examples import Example

CLASSES: dict[str, tuple[Example, ...]] = {
    "01_conv2d": unit_01.LEARNERS,
    "02_depthwise": unit_02.LEARNERS,
    "03_pointwise": unit_03.LEARNERS,
    "04_cost": unit_04.LEARNERS,
    "05_mobilenet": unit_05.LEARNERS,
    "06_mobile_hardware": unit_06.LEARNERS,
    "07_eight_bits": unit_07.LEARNERS,
    "08_capstone": unit_08.LEARNERS,
}
