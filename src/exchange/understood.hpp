// From a reply with status 200 to what a change asked for, or to doubt when it says something else.
#pragma once

#include <string>
#include <utility>

#include "session.hpp"

namespace sluice::exchange {

/// Sends, then turns a 200 into a Done by `understand(reply)`, which returns result<Done>. A 200
/// that is not understood leaves the change in doubt: it was probably done.
template <class Done, class Understand>
void change(session& venue, change_call call, std::function<void(change_outcome<Done>)> done,
            Understand understand) {
  venue.change(std::move(call),
               [done = std::move(done), understand](change_outcome<http_reply> ended) {
                 if (auto* refused = std::get_if<order_refused>(&ended))
                   return done(std::move(*refused));
                 if (auto* doubt = std::get_if<order_uncertain>(&ended))
                   return done(std::move(*doubt));
                 result<Done> read = understand(std::get<http_reply>(ended));
                 if (!read)
                   return done(order_uncertain{"HTTP 200, but " + read.error().text});
                 done(std::move(*read));
               });
}

/// For requests that make no sense: nothing is sent.
[[nodiscard]] inline order_refused not_sent(std::string why) {
  return {0, 0, std::move(why), false, std::nullopt, refusal_cure::none, false};
}

}  // namespace sluice::exchange
