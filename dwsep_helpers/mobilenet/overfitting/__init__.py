"""Do fewer parameters mean less overfitting? The experiment of unit 05.

Ten networks are trained on the same digits. Some have the same widths, some the same number of
parameters; some have a batch norm and a ReLU6 between the two stages of a block, some one of
the two, some neither. Pairs of networks tell what each of
these does, as far as count, shape and width can be told apart.

``python -m dwsep_helpers.mobilenet.overfitting`` runs it and goes on where it stopped.
"""

from dwsep_helpers.mobilenet.overfitting.comparisons import COMPARISONS as COMPARISONS
from dwsep_helpers.mobilenet.overfitting.comparisons import best_recipe as best_recipe
from dwsep_helpers.mobilenet.overfitting.comparisons import chosen as chosen
from dwsep_helpers.mobilenet.overfitting.comparisons import compared as compared
from dwsep_helpers.mobilenet.overfitting.comparisons import paired as paired
from dwsep_helpers.mobilenet.overfitting.comparisons import tuned as tuned
from dwsep_helpers.mobilenet.overfitting.comparisons import tuning as tuning
from dwsep_helpers.mobilenet.overfitting.contenders import Contender as Contender
from dwsep_helpers.mobilenet.overfitting.contenders import contenders as contenders
from dwsep_helpers.mobilenet.overfitting.runs import Run as Run
from dwsep_helpers.mobilenet.overfitting.runs import jobs as jobs
from dwsep_helpers.mobilenet.overfitting.runs import provenance as provenance
from dwsep_helpers.mobilenet.overfitting.runs import read as read
from dwsep_helpers.mobilenet.overfitting.runs import run as run
from dwsep_helpers.mobilenet.overfitting.runs import train as train
from dwsep_helpers.mobilenet.overfitting.tasks import FEW as FEW
from dwsep_helpers.mobilenet.overfitting.tasks import FIXED as FIXED
from dwsep_helpers.mobilenet.overfitting.tasks import MANY as MANY
from dwsep_helpers.mobilenet.overfitting.tasks import NOISY as NOISY
from dwsep_helpers.mobilenet.overfitting.tasks import REPETITIONS as REPETITIONS
from dwsep_helpers.mobilenet.overfitting.tasks import Recipe as Recipe
from dwsep_helpers.mobilenet.overfitting.tasks import Task as Task
from dwsep_helpers.mobilenet.overfitting.tasks import shared as shared
from dwsep_helpers.mobilenet.overfitting.tasks import split as split
