// What an operator may order with a POST: always with who and why; each answered when it took
// effect, or with what is wrong with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/timekeeper.hpp"
#include "sluice/status/http_message.hpp"

namespace sluice::actors {

/// The status actor, who asks on the operator's behalf.
using status_self = status_actor::base;

/// {"author", "reason"}: 200 with how many holds on the symbol were released, 404 when none was.
void order_release(status_self* self, const reconciler_actor& reconciler,
                   std::string_view instrument, const status::request& asked,
                   const status::responder& reply);

/// {"author", "reason", "state": "active" | "reduce_only" | "halted", "for": "30m" (optional)}: 200
/// with the state in force; 409 with why it was not changed.
void order_state_change(status_self* self, const gate_actor& gate, const status::request& asked,
                        const status::responder& reply);

/// {"author", "reason", "strategy", "bound": "2s" (optional)}: 200 with what is promised now; 409
/// with the arithmetic when it could not be kept, and then nothing has changed.
void order_freshness(status_self* self, const snapshot_manager_actor& manager,
                     const status::request& asked, const status::responder& reply);

/// {"author", "reason"}: 200 with what is known once the whole account was read anew; 409 with why
/// it was not read. Whoever asks at the same time shares the read.
void order_resync(status_self* self, const snapshot_manager_actor& manager,
                  const status::request& asked, const status::responder& reply,
                  const timekeeper& time);

/// {"author", "reason", "key", "value", "for": "30m", "until": "fresh_for 10m" (optional)}: 200
/// with the override; 400 with what is wrong with each field. `known` are all keys of the file.
void order_override(status_self* self, const gate_actor& gate,
                    const std::vector<std::string>& known, const status::request& asked,
                    const status::responder& reply);

/// {"author", "reason"}: 200 with the override that has ended; 404 when none of the key is in
/// force.
void order_revert(status_self* self, const gate_actor& gate, std::string_view key,
                  const status::request& asked, const status::responder& reply);

/// {"author", "reason", "for": "30m"}: 200 with the arming; 409 with why the reconciler does not
/// take it.
void order_arm(status_self* self, const reconciler_actor& reconciler, std::string_view instrument,
               const status::request& asked, const status::responder& reply);

/// {"author", "reason"}: 200 with the arming that has ended; 409 with why not.
void order_disarm(status_self* self, const reconciler_actor& reconciler,
                  std::string_view instrument, const status::request& asked,
                  const status::responder& reply);

}  // namespace sluice::actors
