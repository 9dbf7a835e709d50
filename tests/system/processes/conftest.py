"""Makes the fixtures of `tests.support.services` available to these tests."""

from tests.support.services.fixtures import (
    app as app,
)
from tests.support.services.fixtures import (
    environment as environment,
)
from tests.support.services.fixtures import (
    gateway as gateway,
)
from tests.support.services.fixtures import (
    gateway_key as gateway_key,
)
from tests.support.services.fixtures import (
    merchant_key as merchant_key,
)
from tests.support.services.fixtures import (
    new_namespace as new_namespace,
)
from tests.support.services.fixtures import (
    other_key as other_key,
)
from tests.support.services.fixtures import (
    second_account as second_account,
)
from tests.support.services.fixtures import (
    sender_to as sender_to,
)
from tests.support.services.fixtures import (
    settings as settings,
)
from tests.support.services.fixtures import (
    temporal as temporal,
)
