// Looks at the open orders that are under way: the conditional ones first, then the regular ones.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>

#include "flatten_port.hpp"

namespace sluice::actors {

/// For one actor, which passes on the answers that it gets as messages.
class open_order_looks {
 public:
  using sink = std::function<void(resting_read)>;

  void begin(std::int64_t asked, const symbol& scope, read_class traffic, sink then,
             exchange_port& exchange, const flattener_actor& asker) {
    looks_.insert_or_assign(asked, look{scope, traffic, {}, std::move(then)});
    ask_conditional(exchange, asker, asked, scope, traffic);
  }

  void take(const conditional_orders_read& answer, exchange_port& exchange,
            const flattener_actor& asker) {
    const auto at = looks_.find(answer.asked);
    if (at == looks_.end())
      return;
    // Regular orders compete with a close: they are looked for whatever became of the others.
    if (*answer.outcome)
      at->second.brought.conditional = **answer.outcome;
    else
      failed(at->second, "conditional orders", answer.outcome->error());
    ask_regular(exchange, asker, answer.asked, at->second.scope, at->second.traffic);
  }

  void take(const regular_orders_read& answer, instant now) {
    const auto at = looks_.find(answer.asked);
    if (at == looks_.end())
      return;
    if (*answer.outcome)
      at->second.brought.regular = **answer.outcome;
    else {
      at->second.brought.regular_known = false;
      failed(at->second, "regular orders", answer.outcome->error());
    }
    ended(at, now);
  }

  void forget(std::int64_t asked) { looks_.erase(asked); }
  void forget_all() { looks_.clear(); }

 private:
  struct look {
    symbol scope{};
    read_class traffic{read_class::verification};
    resting_read brought{};
    sink then{};
  };
  using looks = std::map<std::int64_t, look>;

  static void failed(look& l, std::string_view kind, const read_failure& why) {
    auto& fault = l.brought.fault;
    fault +=
        fmt::format("{}{}: {} {}", fault.empty() ? "" : "; ", kind, to_string(why.kind), why.text);
  }

  void ended(looks::iterator at, instant now) {
    auto done = std::move(at->second);
    looks_.erase(at);
    done.brought.answered_at = now;
    done.then(std::move(done.brought));
  }

  looks looks_{};
};

}  // namespace sluice::actors
