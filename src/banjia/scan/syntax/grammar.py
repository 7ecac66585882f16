"""Grammar: which node of a language's parser is what. One table a language; `parse` reads them.

An entry is `what` or `what field field ...`; a number stands for the n-th named child where the parser names no field.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    parser: str
    table: dict[str, tuple[str, ...]]


def _grammar(parser: str, entries: str) -> Grammar:
    table = {}
    for line in entries.strip().splitlines():
        kinds, _, meaning = line.partition("=")
        for kind in kinds.split():
            table[kind] = tuple(meaning.split())
    return Grammar(parser, table)


PYTHON = _grammar(
    "python",
    """
    comment = doc
    string = plain_string
    string_content escape_sequence = part
    interpolation = hole
    concatenated_string = join
    identifier = name
    integer float = number
    attribute = member object attribute
    call = call function arguments
    subscript = index value subscript
    assignment augmented_assignment = assign left right
    named_expression default_parameter typed_default_parameter = assign name value
    typed_parameter = declare 0 type
    keyword_argument = pair name value
    pair = pair key value
    dictionary = object
    binary_operator boolean_operator = join
    conditional_expression = choice 0 2 1
    parenthesized_expression await expression_list as_pattern_target = unwrap
    expression_statement = statement
    raise_statement assert_statement = raise
    comparison_operator = join
    decorator = mark
    function_definition = function name body
    class_definition = class name
    return_statement = return
    with_item = unwrap
    as_pattern = as
    import_statement import_from_statement = import
    """,
)

JAVASCRIPT = _grammar(
    "typescript",
    """
    comment = doc
    string template_string = string
    string_fragment escape_sequence = part
    template_substitution = hole
    identifier property_identifier shorthand_property_identifier shorthand_property_identifier_pattern = name
    private_property_identifier this meta_property import = name
    type_identifier = name
    number = number
    member_expression = member object property
    decorator = mark
    call_expression = call function arguments
    new_expression = call constructor arguments
    subscript_expression = index object index
    variable_declarator = assign name value
    assignment_expression augmented_assignment_expression = assign left right
    public_field_definition = assign name value
    field_definition = assign property value
    required_parameter optional_parameter = assign pattern value
    assignment_pattern object_assignment_pattern = assign left right
    pair = pair key value
    object = object
    binary_expression = join
    ternary_expression = choice consequence alternative condition
    parenthesized_expression await_expression non_null_expression as_expression satisfies_expression = unwrap
    jsx_expression spread_element = unwrap
    jsx_attribute = pair 0 1
    throw_statement = raise
    function_declaration method_definition = function name body
    class_declaration = class name
    arrow_function = arrow
    return_statement = return
    import_statement export_statement = import
    """,
)

JAVA = _grammar(
    "java",
    """
    line_comment block_comment = doc
    string_literal = string
    string_fragment escape_sequence multiline_string_fragment = part
    identifier type_identifier this scoped_type_identifier = name
    decimal_integer_literal = number
    field_access = member object field
    method_invocation = method object name arguments
    object_creation_expression = call type arguments
    annotation = call name arguments
    element_value_pair = pair key value
    variable_declarator = assign name value
    assignment_expression = assign left right
    formal_parameter = declare name type
    local_variable_declaration field_declaration constant_declaration = typed type
    binary_expression = join
    ternary_expression = choice consequence alternative condition
    parenthesized_expression cast_expression = unwrap
    generic_type = first
    throw_statement = raise
    method_declaration = function name type
    return_statement = return
    import_declaration = import
    """,
)

KOTLIN = _grammar(
    "kotlin",
    """
    line_comment multiline_comment = doc
    string_literal = string
    string_content character_escape_seq = part
    interpolated_identifier interpolated_expression = hole
    simple_identifier type_identifier this_expression = name
    integer_literal = number
    navigation_expression = navigation
    call_expression = suffixed
    constructor_invocation = suffixed
    annotation = unwrap
    value_argument = keyword
    property_declaration = property
    variable_declaration class_parameter parameter = declared
    assignment = assign 0 1
    additive_expression elvis_expression = join
    parenthesized_expression directly_assignable_expression navigation_suffix = unwrap
    user_type nullable_type = first
    jump_expression = other
    function_declaration = function_declared
    import_header = import
    """,
)

GO = _grammar(
    "go",
    """
    comment = doc
    interpreted_string_literal raw_string_literal = string
    interpreted_string_literal_content raw_string_literal_content escape_sequence = part
    identifier field_identifier type_identifier package_identifier = name
    int_literal = number
    selector_expression = member operand field
    qualified_type = member package name
    call_expression = call function arguments
    index_expression = index operand index
    short_var_declaration assignment_statement = assign left right
    const_spec var_spec = assign name value
    field_declaration parameter_declaration = declare name type
    composite_literal = construct type body
    keyed_element = pair 0 1
    literal_value = object
    binary_expression = join
    parenthesized_expression literal_element unary_expression pointer_type slice_type = unwrap
    expression_list = first
    function_declaration method_declaration = function name result
    return_statement = return
    import_spec = import
    """,
)

CSHARP = _grammar(
    "csharp",
    """
    comment preproc_region = doc
    string_literal interpolated_string_expression verbatim_string_literal raw_string_literal = string
    string_literal_content string_content escape_sequence raw_string_content = part
    interpolation = hole
    interpolation_brace interpolation_format_clause interpolation_alignment_clause = doc
    identifier this predefined_type = name
    integer_literal = number
    member_access_expression = member expression name
    qualified_name = member qualifier name
    conditional_access_expression = conditional
    member_binding_expression = member_tail name
    invocation_expression = call function arguments
    object_creation_expression = call type arguments initializer
    implicit_object_creation_expression = create
    attribute = call name 1
    element_access_expression = index expression subscript
    variable_declarator = assign name 1
    variable_declaration = typed type
    property_declaration = assign name value
    assignment_expression = assign left right
    parameter = parameter name type =
    argument = keyword
    initializer_expression = object
    binary_expression = join
    conditional_expression = choice consequence alternative condition
    parenthesized_expression await_expression cast_expression equals_value_clause bracketed_argument_list = unwrap
    postfix_unary_expression nullable_type = first
    generic_name = first
    throw_statement throw_expression = raise
    method_declaration local_function_statement = function name returns
    return_statement = return
    using_directive = import
    """,
)

PHP = _grammar(
    "php",
    """
    comment = doc
    string encapsed_string heredoc = string
    string_content escape_sequence = part
    name variable_name qualified_name namespace_name = name
    integer = number
    member_access_expression nullsafe_member_access_expression = member object name
    scoped_property_access_expression = member scope name
    class_constant_access_expression = member 0 1
    echo_statement print_intrinsic = talk
    function_call_expression = call function arguments
    member_call_expression nullsafe_member_call_expression = method object name arguments
    scoped_call_expression = method scope name arguments
    object_creation_expression = call 0 1
    attribute = call 0 1
    subscript_expression = index 0 1
    assignment_expression = assign left right
    property_element const_element = assign 0 1
    simple_parameter property_promotion_parameter = parameter name type default_value
    argument = keyword
    array_creation_expression = object
    array_element_initializer = entry
    binary_expression = join
    conditional_expression = choice body alternative condition
    parenthesized_expression named_type optional_type = unwrap
    throw_expression = raise
    function_definition method_declaration = function name return_type
    return_statement = return
    namespace_use_declaration = import
    """,
)

RUBY = _grammar(
    "ruby",
    """
    comment = doc
    string regex = string
    string_content escape_sequence = part
    interpolation = hole
    identifier constant instance_variable class_variable global_variable self hash_key_symbol = name
    simple_symbol = symbol
    integer = number
    scope_resolution = member scope name
    call = method receiver method arguments
    element_reference = index object 1
    assignment operator_assignment = assign left right
    optional_parameter keyword_parameter = assign name value
    pair = pair key value
    hash = object
    binary = join
    conditional = choice consequence alternative condition
    parenthesized_statements argument_list_single = unwrap
    method singleton_method = function name body
    return = return
    """,
)

RUST = _grammar(
    "rust",
    """
    line_comment block_comment = doc
    string_literal raw_string_literal = string
    string_content escape_sequence = part
    identifier field_identifier type_identifier self = name
    integer_literal = number
    field_expression = member value field
    scoped_identifier scoped_type_identifier = member path name
    call_expression = call function arguments
    macro_invocation = macro
    attribute_item = mark
    index_expression = index 0 1
    let_declaration = assign pattern value
    const_item static_item = assign name value
    assignment_expression = assign left right
    parameter field_declaration = declare 0 type
    struct_expression = construct name body
    field_initializer = pair field value
    field_initializer_list = object
    binary_expression = join
    parenthesized_expression await_expression try_expression reference_type reference_expression = unwrap
    generic_type generic_function = first
    function_item = function name return_type
    return_expression = return
    use_declaration = import
    """,
)

GRAMMARS: dict[str, Grammar] = {
    "python": PYTHON,
    "typescript": JAVASCRIPT,
    "tsx": Grammar("tsx", JAVASCRIPT.table),
    "javascript": Grammar("tsx", JAVASCRIPT.table),
    "java": JAVA,
    "kotlin": KOTLIN,
    "go": GO,
    "csharp": CSHARP,
    "php": PHP,
    "ruby": RUBY,
    "rust": RUST,
}
