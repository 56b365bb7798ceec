// Makes the venue's refusals, texts after its error-code page.
#include "venue_error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sluice::simulator {

venue_error missing_parameter(std::string_view name) {
  return {400, -1102,
          "Mandatory parameter '" + std::string(name) +
              "' was not sent, was empty/null, or malformed."};
}

venue_error bad_parameter(std::string_view name) {
  return {400, -1130, "Data sent for parameter '" + std::string(name) + "' is not valid."};
}

venue_error unwanted_parameter(std::string_view name) {
  return {400, -1106, "Parameter '" + std::string(name) + "' sent when not required."};
}

venue_error invalid_symbol() {
  return {400, -1121, "Invalid symbol."};
}

reply error_reply(const venue_error& e) {
  reply r;
  r.status = e.http;
  r.body = boost::json::serialize(boost::json::object{{"code", e.code}, {"msg", e.text}});
  return r;
}

}  // namespace sluice::simulator
