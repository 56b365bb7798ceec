// One row a word; what has a cure of its own in the process's detail needs none here.
#include "known_words.hpp"

#include <algorithm>
#include <array>

namespace sluice::cli {
namespace {

constexpr std::array known_words{
    known_word{"one_reason_denies", "permits"},
    known_word{"no_truth", "snapshots", "wait for the first read; if it stays, see the step venue"},
    known_word{"truth_unknown", "snapshots",
               "see the step venue: the account cannot be read whole"},
    known_word{"no_universe", "snapshots",
               "see the step venue: symbols and filters cannot be read"},
    known_word{"universe_stale", "snapshots", "see the step venue: symbols cannot be read anew"},
    known_word{"universe_configured", "snapshots", "see the step venue; only exits work meanwhile"},
    known_word{"symbols_not_listed", "snapshots"},
    known_word{"symbols_left_out", "snapshots"},
    known_word{"symbols_not_trading", "snapshots"},
    known_word{"symbols_beyond_capacity", "snapshots"},
    known_word{"symbol_failing", "snapshots"},
    known_word{"truth_stale", "ages", "see the steps venue and progress for why reads are late"},
    known_word{"exchange_unreachable", "venue",
               "look at network, name service and the venue's status page; it is asked again by "
               "itself"},
    known_word{"exchange_away", "venue"},
    known_word{"parser_refusing", "venue"},
    known_word{"slow_rounds", "progress"},
    known_word{"executor_stuck", "progress"},
    known_word{"exits_failing", "progress"},
    known_word{"stage_stuck", "progress"},
    known_word{"ending", "progress", "start it again"},
    known_word{"bound_cannot_be_kept", "strategy",
               "raise snapshot.bound, or change snapshot.strategy as the arithmetic says"},
    known_word{"plan_file_missing", "sources"},
    known_word{"exchange_banned", "budget", "wait; find out who else uses this address"},
    known_word{"banned", "budget"},
    known_word{"paused", "budget"},
    known_word{"budget_exhausted", "budget"},
    known_word{"clock_off", "clock"},
    known_word{"clock_uncertain", "clock"},
    known_word{"key_cannot_trade", "account"},
    known_word{"hedge_mode", "account"},
    known_word{"multi_assets_mode", "account"},
    known_word{"halted", "state",
               "once its cause is over: remove the halt file if there is one, then sluice state "
               "active --reason \"...\"; for exits alone order reduce_only before it goes"},
    known_word{"user_stream_down", "streams", "it reconnects by itself; read the log for why"},
    known_word{"user_stream_mute", "streams"},
    known_word{"mark_stream_down", "streams", "it reconnects by itself; read the log for why"},
    known_word{"no_marks", "streams", "wait for the first marks; if none come, see the step venue"},
    known_word{"position_without_stop", "positions"},
    known_word{"unprotected", "positions",
               "give it an exit rule, or close it: sluice flatten SYMBOL --reason \"...\""},
    known_word{"journal_slow", "journal"},
    known_word{"config_reload_refused", "config", "mend the file, then sluice reload"},
    known_word{"restart_needed", "config", "sluice show-config says which; restart when it suits"},
};

}  // namespace

const known_word& known(std::string_view word) {
  static constexpr known_word other{"", "other", "see docs/alerts.md"};
  const auto* found = std::ranges::find(known_words, word, &known_word::word);
  return found == known_words.end() ? other : *found;
}

}  // namespace sluice::cli
