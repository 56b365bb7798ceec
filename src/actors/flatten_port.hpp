// What the flattener asks of the exchange port; the answers come to it as messages.
#pragma once

#include "sluice/actors/interfaces.hpp"

namespace sluice::actors {

/// Reads every open order of the kind; an empty scope is the whole account.
void ask_regular(exchange_port& exchange, const flattener_actor& asker, std::int64_t asked,
                 const symbol& scope, read_class traffic);
void ask_conditional(exchange_port& exchange, const flattener_actor& asker, std::int64_t asked,
                     const symbol& scope, read_class traffic);
void send_cancel(exchange_port& exchange, const flattener_actor& asker, std::int64_t flatten,
                 const cancel_wish& what);

/// "all regular orders of BTCUSDT", "conditional order web_1 of BTCUSDT".
[[nodiscard]] std::string words_of(const cancel_wish& what);

}  // namespace sluice::actors
