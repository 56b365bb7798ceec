// The pages of flattens: an operator's order, and how far it is.
#pragma once

#include <string_view>

#include "flatten_documents.hpp"
#include "operator_orders.hpp"

namespace sluice::actors {

/// {"author", "reason", "symbol" or "all": true, "confirm": token (optional)}. Without a token 200
/// with what would be done and a token; with it 202 with what began; 403 when it confirms nothing,
/// 409 with what stands in the way.
void order_flattening(status_self* self, const flattener_actor& flattener,
                      const flatten_context& context, const status::request& asked,
                      const status::responder& reply);

/// Those that run and the last that ended, newest first.
void show_all_flattens(status_self* self, const flattener_actor& flattener,
                       const status::responder& reply);
/// One of them; 404 when there is none of this id.
void show_flatten(status_self* self, const flattener_actor& flattener, std::string_view id,
                  const status::responder& reply);

}  // namespace sluice::actors
