"""The sensor that announces what people should hear of.

Belongs here: when somebody looks. Does not belong here: what is announced, and how (`notices/`).

It compares what every district has published with what was announced, and does not listen to Dagster's runs: a sync
from the terminal runs in another process, a night that never began has no run at all, and a notice that did not get
through is simply still to be sent at the next look.
"""

import dagster as dg

from roster_pipeline.config import load_settings
from roster_pipeline.errors import RosterError
from roster_pipeline.notices.notify import notify
from roster_pipeline.notices.webhook import Webhook
from roster_pipeline.sync import utc_now
from roster_pipeline.warehouse.warehouse import Warehouse


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Every five minutes, tells the webhook of ROSTER_NOTIFY_URL which syncs failed, what is held or about to "
        "expire, and which sites are stale: each once, and once more when it is over. Launches nothing."
    ),
)
def notices(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Always skips: the reason says what was sent, or why nothing could be."""
    settings = load_settings()
    wrong = settings.notify_wrong or (None if settings.places_known else settings.wrong)
    if wrong is not None:
        return dg.SkipReason(str(wrong))
    if settings.notify_url is None:
        return dg.SkipReason("Nobody is told: ROSTER_NOTIFY_URL is not set.")
    webhook = Webhook(settings.notify_url)
    try:
        told = notify(Warehouse(settings.warehouse), webhook, utc_now())
    except RosterError as error:
        return dg.SkipReason(str(error))
    if told.why is not None:
        context.log.warning("Notices: %s; tried again at the next look.", told.why)
        return dg.SkipReason(f"{told.sent} sent, then {told.why}; the rest is tried again at the next look.")
    return dg.SkipReason(f"{told.sent} sent to {webhook.host}; {told.standing} stand.")
