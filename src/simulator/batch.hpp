// Batches of orders: lists inside one parameter, taken apart.
#pragma once

#include <vector>

#include "parameters.hpp"

namespace sluice::simulator {

inline constexpr std::size_t batch_orders_max = 5;
inline constexpr std::size_t batch_ids_max = 10;

/// The orders of batchOrders, a JSON list of 1 to 5 objects of texts, whole numbers and truth
/// values: -1102 when absent, -1130 when it is anything else, -4082 for another number of orders.
[[nodiscard]] outcome<std::vector<parameters>> read_batch(const parameters& p);

/// The orders that orderIdList or origClientOrderIdList names, each as the parameters of a single
/// cancel; 1 to 10 of them.
[[nodiscard]] outcome<std::vector<parameters>> read_batch_names(const parameters& p);

}  // namespace sluice::simulator
