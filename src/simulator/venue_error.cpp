// Makes the refusals of parameters, and replies of refusals.
#include "venue_error.hpp"
#include "refusals.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sluice::simulator {

venue_error missing_parameter(std::string_view name) {
  return refuse<-1102>(name);
}

venue_error bad_parameter(std::string_view name) {
  return refuse<-1130>(name);
}

venue_error unwanted_parameter(std::string_view name) {
  return refuse<-1106>(name);
}

venue_error invalid_symbol() {
  return refuse<-1121>();
}

reply error_reply(const venue_error& e) {
  reply r;
  r.status = e.http;
  r.body = boost::json::serialize(boost::json::object{{"code", e.code}, {"msg", e.text}});
  return r;
}

}  // namespace sluice::simulator
