// Client order ids: derived, never drawn, so that the same attempt at the same plan has the same id
// in every run and the venue itself refuses a second order.
#pragma once

#include <string_view>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/protective_stop.hpp"

namespace sluice {

/// "sl-<6 characters of the account>-<26 characters of account, plan and attempt>": 36 characters
/// of [a-z2-7-]. The last part is 128 bits in base32, so that two plans never share an id.
[[nodiscard]] client_order_id make_client_order_id(std::string_view account, const plan_id& plan,
                                                   int attempt);

/// The same form for a protective stop, made of the account and the stop's number, position,
/// trigger and time of intent: a journal that was lost does not bring an old id back.
[[nodiscard]] client_order_id make_stop_order_id(std::string_view account,
                                                 const protective_stop& stop);

/// True when the id has the form above with this account's characters: the order is ours, also when
/// it was sent by an earlier run.
[[nodiscard]] bool is_ours(std::string_view account, const client_order_id& id);

}  // namespace sluice
