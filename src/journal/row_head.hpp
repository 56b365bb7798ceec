// What every row of a record needs of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "database.hpp"
#include "sluice/domain/record.hpp"

namespace sluice::journal {

struct row_head {
  std::int64_t seq{0};
  wall_time at{};
  std::string_view facts{};  ///< Of a verdict, as JSON.
};

}  // namespace sluice::journal
