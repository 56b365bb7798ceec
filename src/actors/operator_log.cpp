// One line per record, with who and why.
#include "operator_log.hpp"

namespace sluice::actors {
namespace {

std::string until_text(const std::optional<wall_time>& until) {
  return until ? format_rfc3339(*until) : "somebody acts";
}

struct teller {
  status::logger& log;

  void operator()(const state_changed& b) const {
    log.warn("gate", "state_changed",
             {{"from", to_string(b.before)},
              {"to", to_string(b.after)},
              {"author", b.author},
              {"reason", b.reason},
              {"until", until_text(b.until)}});
  }
  void operator()(const override_set& b) const {
    log.warn("gate", "override_set",
             {{"key", b.what.key},
              {"value", b.what.value},
              {"author", b.what.author},
              {"reason", b.what.reason},
              {"until", until_text(b.what.until)}});
  }
  void operator()(const override_ended& b) const {
    log.warn("gate", "override_ended",
             {{"key", b.what.key},
              {"value", b.what.value},
              {"how", to_string(b.why)},
              {"author", b.author},
              {"reason", b.reason}});
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

void tell_log(status::logger& log, const record_body& body) {
  std::visit(teller{log}, body);
}

void tell_standing(status::logger& log, const standing_state& trading,
                   const std::vector<setting_override>& overrides) {
  if (trading.state != trading_state::active)
    log.warn("gate", "state_stands",
             {{"state", to_string(trading.state)},
              {"author", trading.author},
              {"reason", trading.reason},
              {"until", until_text(trading.until)}});
  for (const auto& o : overrides)
    log.warn("gate", "override_stands",
             {{"key", o.key},
              {"value", o.value},
              {"author", o.author},
              {"reason", o.reason},
              {"until", until_text(o.until)}});
}

}  // namespace sluice::actors
