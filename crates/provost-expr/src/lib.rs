//! Attribute-mapping expressions: parser, checker and evaluator.
