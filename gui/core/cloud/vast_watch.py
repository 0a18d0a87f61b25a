"""What the start script of a Vast.ai machine does about the guard: watch until there is one, start it again."""

from __future__ import annotations

import shlex

FIRST_WATCH_S = 3600
"""From the start of a machine until a guard must be there."""
ASK_AGAIN_S = 10


def first_watch(url: str, wait_s: float = FIRST_WATCH_S, again_s: float = ASK_AGAIN_S) -> str:
    """Shell text for the end of the start script, which sees the instance's own key.

    A machine that was started again goes on being guarded. One to which no program came in time (it was closed or
    killed between renting and the guard's start) has nothing on it, and destroys itself. The key comes over a pipe, so
    that it stands in no argument list.
    """
    return f"""\
if [ -f ~/embark/.guard/again ]; then
    setsid sh ~/embark/.guard/again </dev/null >/dev/null 2>&1 &
else
    (
        sleep {wait_s}
        while [ ! -f ~/embark/.guard/order ]; do
            printf 'header = "Authorization: Bearer %s"\\n' "$CONTAINER_API_KEY" |
                curl -sS -m 60 -o /dev/null -K - -X DELETE -H 'Content-Type: application/json' -d '{{}}' \\
                    {shlex.quote(url.rstrip("/"))}/api/v0/instances/"$CONTAINER_ID"/
            sleep {again_s}
        done
    ) </dev/null >/dev/null 2>&1 &
fi
"""
