from . import (
    collection_policy_replay,
    collection_policy_replay_line,
    collection_preparation_waive,
    collection_step_preview,
    collection_step_preview_line,
)
