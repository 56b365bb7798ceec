// The tokens of the sources of plans, read from their files.
#pragma once

#include <string>
#include <variant>

#include "sluice/domain/result.hpp"
#include "sluice/planning/source_desk.hpp"

namespace sluice::actors {

struct source_token_fault {
  std::string key{};  ///< "intake.sources.alpha".
  error why{};        ///< not_permitted: others may read it.
};

/// Only their digests stay. A token that two sources share would prove neither: a fault.
[[nodiscard]] std::variant<source_tokens, source_token_fault> read_source_tokens(
    const intake_settings& settings);

}  // namespace sluice::actors
