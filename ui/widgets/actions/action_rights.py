"""The actions of the window that not every account may do, and what each takes.

To add an action that a clerk may not do: a word here; what is not named takes nothing that a
clerk lacks, which a test holds against the core.
"""

ACTION_RIGHTS: dict[str, str] = {
    action: permission
    for permission, actions in {
        "period.close": "close_month close_period open_period sign_paper",
        "exchange.trust": (
            "receive_card card_renew card_new_id hand_over card_accept card_folder card_revoke"
            " setup_make setup_apply setup_confirm"
        ),
        "settings.write": "folder_choose folder_off",
        "targets.write": "copy_year",
    }.items()
    for action in actions.split()
}
"""{key of an action: the permission it takes}."""
