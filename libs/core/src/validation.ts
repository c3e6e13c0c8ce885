// The one import of the validation packages: reflect-metadata must be loaded before the first @Type.
import 'reflect-metadata';
export * from 'class-validator';
export { plainToInstance, Transform, Type, type ClassConstructor } from 'class-transformer';
