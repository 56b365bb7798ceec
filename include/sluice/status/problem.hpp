// RFC 9457 problem documents: how the API says what was wrong with a request.
#pragma once

#include <string>
#include <vector>

#include "sluice/status/http_message.hpp"

namespace sluice::status {

/// One field of the request that cannot be used.
struct problem_field {
  std::string field{};  ///< Name or JSON pointer.
  std::string reason{};
};

/// `type` is a word such as "invalid_plan" and becomes "urn:sluice:problem:invalid_plan"; empty
/// becomes "about:blank". An empty title is the status' phrase.
struct problem {
  int status{400};
  std::string type{};
  std::string title{};
  std::string detail{};
  std::vector<problem_field> fields{};
};

/// {"type","title","status","detail","errors":[{"field","reason"}]}; empty parts are left out. Text
/// that is not UTF-8 is replaced byte by byte.
[[nodiscard]] std::string to_json(const problem& p);
/// The whole answer, application/problem+json.
[[nodiscard]] response problem_response(const problem& p);
[[nodiscard]] response problem_response(int status, std::string detail);

}  // namespace sluice::status
