// What the owner of bench/state_table is told and asked.
#pragma once

#include <caf/all.hpp>
#include <chrono>
#include <memory>
#include <vector>

#include "sluice/truth/merge.hpp"

namespace sluice::bench {

using clock_type = std::chrono::steady_clock;

struct put_row {
  std::size_t at{0};
  slot_state state{};
  clock_type::time_point sent{};  ///< None: not to be measured.
};
struct put_proof {
  instant sent_at{};
};
struct ask_row {
  std::size_t at{0};
};
struct ask_all {};
using all_rows = std::shared_ptr<const std::vector<truth_view>>;

}  // namespace sluice::bench

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::bench::put_row)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::bench::put_proof)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::bench::ask_row)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::bench::ask_all)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::bench::all_rows)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(sluice::truth_view)
