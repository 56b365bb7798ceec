// A plan's story as the journal tells it, drawn for people: every rule, the truth used, orders,
// fills, end.
#pragma once

#include <string>
#include <string_view>

#include "terminal.hpp"

namespace sluice::cli {

/// The document of /api/v1/plans/{id} (the same as of journal::reader::explain) as text. Lines end
/// with a line break; none is wider than `width`.
[[nodiscard]] std::string tell_story(std::string_view document, std::size_t width,
                                     const painter& paint);

}  // namespace sluice::cli
