// Replies about conditional orders, cancellations and the countdown, as values.
#include <array>
#include <utility>

#include "conditional_words.hpp"
#include "documents.hpp"

namespace sluice::exchange {
namespace {

conditional_report conditional_from(const json_object& row, json_faults&) {
  conditional_report read;
  read.client_id = client_order_id(std::string(row.text("clientAlgoId")));
  read.id = row.integer("algoId");
  read.instrument = row.instrument("symbol");
  read.leg = row.leg("positionSide");
  read.direction = row.direction("side");
  read.type_text = row.text("orderType");
  read.status_text = row.text("algoStatus");
  read.status = conditional_status_of(read.status_text);
  read.amount = row.exact_or_zero<quantity>("quantity");
  read.trigger = row.lenient<price>("triggerPrice");
  read.limit = row.lenient<price>("price");
  read.close_position = row.flag_or("closePosition", false);
  read.reduce_only = row.flag_or("reduceOnly", false);
  read.triggered_order = row.integer_or_text("actualOrderId");
  read.updated_at = {row.integer_or("updateTime", 0)};
  return read;
}

void must_say_200(const json_object& reply, json_faults& faults) {
  if (reply.integer_or_text("code") != 200)
    faults.refuse("code", "is not 200");
}

}  // namespace

result<conditional_report> parse_conditional(std::string_view body) {
  return object_document<conditional_report>(body, conditional_from);
}

result<std::vector<conditional_report>> parse_conditionals(std::string_view body) {
  return array_document<conditional_report>(body, conditional_from);
}

result<conditional_cancelled> parse_conditional_cancelled(std::string_view body) {
  return object_document<conditional_cancelled>(
      body, [](const json_object& reply, json_faults& faults) {
        must_say_200(reply, faults);
        return conditional_cancelled{client_order_id(std::string(reply.text("clientAlgoId"))),
                                     reply.integer("algoId")};
      });
}

result<std::string> parse_done(std::string_view body) {
  return object_document<std::string>(body, [](const json_object& reply, json_faults& faults) {
    must_say_200(reply, faults);
    return std::string(reply.text_or_empty("msg"));
  });
}

result<countdown_armed> parse_countdown(std::string_view body) {
  return object_document<countdown_armed>(body, [](const json_object& reply, json_faults& faults) {
    const countdown_armed read{reply.instrument("symbol"),
                               milliseconds(reply.integer_or_text("countdownTime"))};
    if (!reply.optional("countdownTime"))
      faults.refuse("countdownTime", "is missing");
    return read;
  });
}

}  // namespace sluice::exchange
