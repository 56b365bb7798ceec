// From a reply with status 200 to what a read asked for, or to a failed read.
#pragma once

#include <string>
#include <utility>

#include "session.hpp"

namespace sluice::exchange {

/// Reads, then turns the reply into a T by `understand(reply)`, which returns result<T>.
template <class T, class Understand>
void ask(session& venue, read_call call, std::function<void(read_result<T>)> done,
         Understand understand) {
  venue.read(std::move(call), [done = std::move(done), understand](read_result<http_reply> reply) {
    if (!reply)
      return done(reply.error());
    result<T> understood = understand(*reply);
    if (!understood)
      return done(read_failure{failure_kind::malformed, 200, 0, understood.error().text, {}});
    done(std::move(*understood));
  });
}

/// A question about one symbol, or with an empty one about all of them.
[[nodiscard]] inline read_call scoped(endpoint what, const symbol& scope, read_options options) {
  read_call call{what, {}, options, scope.empty() ? breadth::all : breadth::one};
  if (!scope.empty())
    call.parameters.add("symbol", scope.str());
  return call;
}

}  // namespace sluice::exchange
