// The OpenAPI document of the HTTP API, as GET /openapi.json answers it.
#pragma once

#include <string_view>

namespace sluice::actors {

/// docs/openapi.json, byte for byte.
[[nodiscard]] std::string_view openapi_document();

}  // namespace sluice::actors
