"""Every rule of Discord's that the stand-in enforces, with where it is written and its test."""

from __future__ import annotations

from typing import Final, NamedTuple

DOCS: Final = "https://discord.com/developers/docs"


class Rule(NamedTuple):
    """One rule. `source`: a page below `DOCS`. `test`: `file::function`, below this folder."""

    words: str
    source: str
    test: str

    @property
    def url(self) -> str:
        """Where Discord says so."""
        return f"{DOCS}/{self.source}"


_EVENTS = "events/gateway-events"
_GATEWAY = "events/gateway"
_MESSAGE = "resources/message"
_CLOSE = "topics/opcodes-and-status-codes#gateway-gateway-close-event-codes"
_JSON = "topics/opcodes-and-status-codes#json"

GATEWAY: Final = (
    Rule(
        "After identify come READY and a GUILD_CREATE for each guild",
        f"{_EVENTS}#guild-create",
        "test_gateway.py::test_the_real_client_logs_in_and_knows_the_guild",
    ),
    Rule(
        "Messages need their intent and come with their text where it is granted",
        f"{_GATEWAY}#gateway-intents",
        "test_gateway.py::test_a_message_is_heard_with_its_text",
    ),
    Rule(
        "Without the message content intent texts are empty, but for own, direct and mentions",
        f"{_GATEWAY}#message-content-intent",
        "test_gateway.py::test_without_the_intent_a_message_comes_without_its_text",
    ),
    Rule(
        "The same holds for messages read over HTTP",
        f"{_GATEWAY}#message-content-intent",
        "test_messages.py::test_over_http_too_the_text_is_missing_without_the_intent",
    ),
    Rule(
        "Messages of channels that the bot cannot view are not told",
        "topics/permissions#permissions-bitwise-permission-flags",
        "test_gateway.py::test_messages_of_a_channel_that_the_bot_cannot_see_are_not_told",
    ),
    Rule(
        "A resume replays what was missed",
        f"{_GATEWAY}#resuming",
        "test_gateway.py::test_after_a_drop_what_was_missed_comes_with_the_resume",
    ),
    Rule(
        "Opcode 7 asks to reconnect and resume",
        f"{_EVENTS}#reconnect",
        "test_gateway.py::test_asked_to_reconnect_the_client_resumes",
    ),
    Rule(
        "Opcode 9 answers a resume of a session that is gone; the client identifies anew",
        f"{_EVENTS}#invalid-session",
        "test_gateway.py::test_an_invalid_session_is_identified_anew_and_events_are_lost",
    ),
    Rule(
        "4014: a privileged intent is off in the portal",
        _CLOSE,
        "test_gateway.py::test_an_intent_that_is_off_in_the_portal_closes_with_4014",
    ),
    Rule(
        "4013: an intent that does not exist",
        _CLOSE,
        "test_gateway.py::test_an_unknown_intent_closes_with_4013",
    ),
    Rule(
        "4004: the token is wrong",
        _CLOSE,
        "test_gateway.py::test_a_token_that_is_reset_while_running_closes_with_4004",
    ),
    Rule("401: the token is wrong", _JSON, "test_gateway.py::test_a_wrong_token_is_refused"),
    Rule(
        "Members are asked for and come in chunks of at most 1,000",
        f"{_EVENTS}#guild-members-chunk",
        "test_gateway.py::test_members_come_in_chunks_of_a_thousand",
    ),
    Rule(
        "With the members intent it is told who comes and goes",
        f"{_EVENTS}#guild-member-add",
        "test_gateway.py::test_who_comes_and_goes_is_told",
    ),
    Rule(
        "A bot that is put out hears GUILD_DELETE and gets 50001",
        f"{_EVENTS}#guild-delete",
        "test_gateway.py::test_a_bot_that_is_kicked_loses_the_guild",
    ),
    Rule(
        "Who is banned cannot come back",
        "resources/guild#create-guild-ban",
        "test_gateway.py::test_who_is_banned_cannot_come_back",
    ),
)

MESSAGES: Final = (
    Rule(
        "A message is created, edited and deleted, and each is told",
        f"{_MESSAGE}#create-message",
        "test_messages.py::test_the_bot_writes_edits_and_deletes_and_people_see_it",
    ),
    Rule(
        "An id holds the time it was made at",
        "reference#snowflakes",
        "test_messages.py::test_an_id_holds_the_time",
    ),
    Rule(
        "At most 2,000 characters, else 50035 with the field",
        f"{_MESSAGE}#create-message-jsonform-params",
        "test_messages.py::test_2000_characters_fit_and_2001_do_not",
    ),
    Rule(
        "50006: a message must hold something",
        _JSON,
        "test_messages.py::test_an_empty_message_is_refused",
    ),
    Rule(
        "50013 without the right, 50001 where the channel is not seen",
        _JSON,
        "test_messages.py::test_without_the_right_to_send_50013_without_seeing_50001",
    ),
    Rule(
        "10008 and 10003: what is gone is unknown",
        _JSON,
        "test_messages.py::test_what_is_gone_is_unknown",
    ),
    Rule(
        "Others' messages are deleted with MANAGE_MESSAGES; 50005: never edited",
        f"{_MESSAGE}#delete-message",
        "test_messages.py::test_anothers_message_is_deleted_with_the_right_and_never_edited",
    ),
    Rule(
        "Bulk delete takes 2 to 100 different ids under 14 days, or fails whole: 50016, 50034",
        f"{_MESSAGE}#bulk-delete-messages",
        "test_messages.py::test_bulk_delete_takes_2_to_100_messages_under_14_days",
    ),
    Rule(
        "With enforce_nonce the same nonce answers with the message that is there",
        f"{_MESSAGE}#create-message-jsonform-params",
        "test_messages.py::test_the_same_nonce_makes_one_message",
    ),
    Rule(
        "Mentions notify as allowed_mentions says; without it all do, on edits too",
        f"{_MESSAGE}#allowed-mentions-object",
        "test_messages.py::test_mentions_notify_only_whom_they_may",
    ),
    Rule(
        "History comes in pages of at most 100, by before, after and around",
        f"{_MESSAGE}#get-channel-messages",
        "test_messages.py::test_history_comes_in_pages",
    ),
    Rule(
        "Without READ_MESSAGE_HISTORY history is empty",
        f"{_MESSAGE}#get-channel-messages",
        "test_messages.py::test_without_the_right_history_is_empty_and_a_message_is_refused",
    ),
    Rule(
        "A forward holds a copy that stays",
        f"{_MESSAGE}#message-snapshot-object",
        "test_messages.py::test_a_forward_keeps_a_copy_when_the_first_one_goes",
    ),
    Rule(
        "50007: who takes no direct messages gets none",
        _JSON,
        "test_messages.py::test_a_direct_message_reaches_who_takes_them",
    ),
    Rule(
        "People are held to their rights as the bot is",
        "topics/permissions#permission-overwrites",
        "test_messages.py::test_people_are_held_to_their_rights_too",
    ),
    Rule(
        "Pins are listed apart",
        f"{_MESSAGE}#get-channel-pins",
        "test_messages.py::test_pins_are_kept_and_told",
    ),
)

_ANSWERS = "interactions/receiving-and-responding"
_COMMANDS = "interactions/application-commands"

FILES: Final = (
    Rule(
        "Files come beside the JSON; an edit keeps the attachments that it lists, and no others",
        "reference#uploading-files",
        "test_attachments.py::test_files_come_with_a_message_and_an_edit_keeps_those_it_lists",
    ),
    Rule(
        "50013: files need the right to attach them",
        "topics/permissions#permissions-bitwise-permission-flags",
        "test_attachments.py::test_files_need_their_right",
    ),
    Rule(
        "Answers and what follows them bring files too",
        f"{_ANSWERS}#interaction-response-object-messages",
        "test_attachments.py::test_an_answer_brings_files_that_only_its_reader_has",
    ),
    Rule(
        "In a form, options, people and channels are picked; what must be picked, must be",
        "components/reference#label",
        "test_attachments.py::test_in_a_form_an_option_a_person_and_a_channel_are_picked",
    ),
)

INTERACTIONS: Final = (
    Rule(
        "A command comes with its options, the people and channels in them resolved",
        f"{_ANSWERS}#interaction-object-application-command-data-structure",
        "test_interactions.py::test_a_slash_command_with_native_options_is_answered",
    ),
    Rule(
        "Subcommands and choices",
        f"{_COMMANDS}#subcommands-and-subcommand-groups",
        "test_interactions.py::test_a_group_of_commands_and_choices",
    ),
    Rule(
        "An ephemeral answer is seen by who asked, and is in no history",
        f"{_MESSAGE}#message-object-message-flags",
        "test_interactions.py::test_an_ephemeral_answer_is_seen_by_one_and_never_in_history",
    ),
    Rule(
        "What answers an interaction says who asked",
        f"{_MESSAGE}#message-interaction-metadata-object",
        "test_interactions.py::test_an_answer_says_who_asked_and_a_post_apart_does_not",
    ),
    Rule(
        "10062: the first answer comes within 3 seconds",
        f"{_ANSWERS}#interaction-callback",
        "test_interactions.py::test_later_than_3_seconds_the_interaction_is_unknown",
    ),
    Rule(
        "A token lives for 15 minutes, then 50027; the first word after thinking takes its place",
        f"{_ANSWERS}#followup-messages",
        "test_interactions.py::"
        "test_an_answer_that_is_deferred_takes_the_place_of_thinking_for_15_minutes",
    ),
    Rule(
        "40060: there is one first answer",
        _JSON,
        "test_interactions.py::test_a_second_first_answer_is_refused",
    ),
    Rule(
        "A button is known by its custom_id alone",
        "components/reference#custom-id",
        "test_interactions.py::test_a_button_works_for_a_client_that_never_saw_the_message",
    ),
    Rule(
        "A form is sent with what was typed, and no form answers a form",
        f"{_ANSWERS}#interaction-response-object-interaction-callback-type",
        "test_interactions.py::test_a_form_opens_is_filled_and_cannot_open_another",
    ),
    Rule(
        "A form's title and labels have at most 45 characters, and it at most 5 fields",
        f"{_ANSWERS}#interaction-response-object-modal",
        "test_interactions.py::test_a_form_has_a_short_title_short_labels_and_at_most_5_fields",
    ),
    Rule(
        "A command in a message's menu gets the message",
        f"{_COMMANDS}#message-commands",
        "test_interactions.py::test_a_command_in_a_messages_menu_gets_the_message",
    ),
    Rule(
        "Choices are offered while somebody types",
        f"{_COMMANDS}#autocomplete",
        "test_interactions.py::test_choices_are_offered_while_typing",
    ),
    Rule(
        "Commands are replaced as a whole; the same name keeps its id",
        f"{_COMMANDS}#bulk-overwrite-guild-application-commands",
        "test_interactions.py::test_commands_are_replaced_as_a_whole_and_keep_their_ids",
    ),
    Rule(
        "Names are lower case, descriptions have 1 to 100 characters, menus have none",
        f"{_COMMANDS}#application-command-object-application-command-naming",
        "test_interactions.py::test_commands_that_discord_does_not_take",
    ),
    Rule(
        "30032 and 30034: 100 commands, 200 new ones a day",
        f"{_COMMANDS}#registering-a-command",
        "test_interactions.py::test_at_most_100_commands_and_200_new_ones_a_day",
    ),
    Rule(
        "default_member_permissions and USE_APPLICATION_COMMANDS decide what is offered",
        f"{_COMMANDS}#permissions",
        "test_interactions.py::test_commands_are_offered_as_rights_allow",
    ),
    Rule(
        "Where nothing answers the person is told so",
        f"{_ANSWERS}#responding-to-an-interaction",
        "test_interactions.py::test_while_the_bot_is_away_nothing_answers",
    ),
)

_LIMITS = "topics/rate-limits"

LIMITS: Final = (
    Rule(
        "Every answer tells its limit in headers",
        f"{_LIMITS}#header-format",
        "test_limits.py::test_every_answer_tells_its_limit_and_the_client_waits_by_itself",
    ),
    Rule(
        "Limits are counted for each channel, guild and webhook apart; the 429 says how long",
        f"{_LIMITS}#exceeding-a-rate-limit",
        "test_limits.py::test_each_channel_has_a_limit_of_its_own",
    ),
    Rule(
        "A 429 of Discord's own has Via; the proxy's has not, and no JSON",
        f"{_LIMITS}#exceeding-a-rate-limit-rate-limit-response-structure",
        "test_limits.py::test_a_429_with_via_is_tried_again_and_one_without_is_raised",
    ),
    Rule(
        "50 requests a second in all; answers to interactions do not count",
        f"{_LIMITS}#global-rate-limit",
        "test_limits.py::test_50_requests_a_second_in_all_and_answers_to_interactions_apart",
    ),
    Rule(
        "10,000 answers of 401, 403 and 429 in ten minutes block the address",
        f"{_LIMITS}#invalid-request-limit-aka-cloudflare-bans",
        "test_limits.py::test_10000_wrong_requests_in_ten_minutes_block_the_address",
    ),
)

_GUILD = "resources/guild"
_RIGHTS = "topics/permissions"

GUILDS: Final = (
    Rule(
        "A role is given only by who has a higher one; 10011: unknown role",
        f"{_RIGHTS}#permission-hierarchy",
        "test_guilds.py::test_the_bot_gives_only_roles_below_its_own",
    ),
    Rule(
        "Rights are given only by who has them",
        f"{_RIGHTS}#permission-hierarchy",
        "test_guilds.py::test_nobody_gives_rights_that_they_lack",
    ),
    Rule(
        "Overwrites: everybody, then roles, then the member; administrators pass by",
        f"{_RIGHTS}#permission-overwrites",
        "test_guilds.py::test_overwrites_of_everybody_roles_and_members_come_in_this_order",
    ),
    Rule(
        "A role that is deleted is taken from everybody",
        f"{_GUILD}#delete-guild-role",
        "test_guilds.py::test_a_role_that_is_deleted_is_taken_from_everybody",
    ),
    Rule(
        "In timeout one views and reads, no more",
        f"{_RIGHTS}#permissions-for-timed-out-members",
        "test_guilds.py::test_somebody_in_timeout_reads_and_does_not_write",
    ),
    Rule("10007: unknown member", _JSON, "test_guilds.py::test_who_is_not_there_is_unknown"),
    Rule(
        "Private threads are for their members and who manages threads",
        "topics/threads#private-threads",
        "test_guilds.py::"
        "test_threads_and_forum_posts_are_told_and_private_ones_to_their_members_alone",
    ),
    Rule(
        "A thread tells when it was archived or opened last",
        "resources/channel#thread-metadata-object",
        "test_guilds.py::test_a_thread_tells_when_it_was_archived",
    ),
    Rule(
        "Writing wakes an archived thread, unless it is locked: 50083",
        "topics/threads#active-archived-threads",
        "test_guilds.py::test_writing_wakes_an_archived_thread_but_not_a_locked_one",
    ),
    Rule(
        "In an archived thread nothing is edited or deleted: 50083",
        _JSON,
        "test_guilds.py::test_nothing_in_an_archived_thread_is_edited_or_deleted",
    ),
    Rule(
        "A webhook writes under its name; 50027: wrong token, 10015: unknown",
        "resources/webhook#execute-webhook",
        "test_guilds.py::test_a_webhook_writes_under_its_own_name_until_it_is_deleted",
    ),
    Rule(
        "The audit log needs its right and holds the reason",
        "resources/audit-log#get-guild-audit-log",
        "test_guilds.py::test_the_audit_log_says_who_did_what_and_why",
    ),
    Rule(
        "AutoMod's rules are listed to those alone who may manage the server",
        "resources/auto-moderation#list-auto-moderation-rules-for-guild",
        "test_guilds.py::test_automod_rules_need_manage_server_to_be_listed",
    ),
)

RULES: Final = (*GATEWAY, *MESSAGES, *FILES, *INTERACTIONS, *LIMITS, *GUILDS)
