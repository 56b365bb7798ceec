// The diagnosis of a running Sluice from what its API says: one step after the other, in the order
// in which the incident was diagnosed by hand.
#pragma once

#include <boost/json.hpp>

#include "diagnosis.hpp"

namespace sluice::cli {

/// Documents of the API as they came; one that could not be had is empty.
struct running_view {
  boost::json::object status{};
  boost::json::object positions{};
  boost::json::object holds{};
  boost::json::object reasons{};  ///< Of the last hour.
  boost::json::object plans{};    ///< The newest.
  boost::json::object config{};
};

/// Pure. Every step gives at least one line.
[[nodiscard]] diagnosis diagnose(const running_view& seen);

/// Of a document of reasons alone, a running one's or a journal's.
[[nodiscard]] diagnosis permit_checks(const boost::json::object& reasons);

}  // namespace sluice::cli
