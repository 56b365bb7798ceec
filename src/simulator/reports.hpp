// The venue's books as JSON, for whoever checks a run from outside.
#pragma once

#include <boost/json/object.hpp>

#include "sluice/simulator/ledger.hpp"

namespace sluice::simulator {

/// Decimals as strings; times in milliseconds of the venue's clock.
[[nodiscard]] boost::json::object describe_ledger(const ledger& l);
[[nodiscard]] boost::json::object describe_order(const ledger_order& o);
[[nodiscard]] boost::json::object describe_request(const transcript_entry& e);

}  // namespace sluice::simulator
